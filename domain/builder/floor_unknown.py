"""Orders nobody has listed as harmless, and languages the rules do not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause, words_in
from domain.builder.floor_foreign import MARKS
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_named import is_protected, strong_things
from domain.builder.floor_negation import is_forbidden, negation
from domain.builder.floor_nouns import LIMITED
from domain.builder.floor_orders import HARM, is_condition, is_excused
from domain.builder.floor_plain_words import DOING, PLAIN
from domain.builder.floor_typos import NAMED
from domain.builder.floor_vocabulary import BRANDS, EVERYDAY, JARGON, is_everyday, unfamiliar, unfamiliar_words


def is_known_language(reading: str, *, is_plain: bool) -> bool:
    """False for a flattened text of which not one word belongs to a language the rules know.

    ``is_plain`` says that it was written without accents; then two words may be names.
    """
    tokens = [token for token in reading.replace(",", " ").replace(".", " ").split() if token.isalpha()]
    if len(tokens) < (3 if is_plain else 2):
        return True
    return not safe.SUPPORTED_WORDS.isdisjoint(tokens) or not MARKS.isdisjoint(tokens) or not (EVERYDAY | PLAIN | JARGON).isdisjoint(tokens)


def unknown_order(clause: Clause, names: frozenset[str] | None) -> Iterator[FloorHit]:
    """An order with a verb that is not known to be harmless, or that is so only with certain objects.

    ``names`` are the proper names of the text; None for a second reading, of which only known things are judged.
    """
    index = grammar.head_index(clause.tokens)
    if not _is_given(clause, index):
        return
    if clause.tokens[index : index + 2] in _TWO_WORDS:
        index += 1
    verb = _verb(clause.tokens[index])
    behind = clause.tokens[index + 1 :]
    if verb in _OWN_RESET and pairs.SELF_SERVICE.search(clause.sentence):
        return
    yield from _limited(clause, verb, " ".join(behind[:12]))
    if names is None:
        return
    yield from _unfamiliar(clause, verb, names)
    if _is_unknown(clause, verb, behind):
        yield FloorHit(None, f"unknown order: {verb}", clause.text[:200])


def _is_given(clause: Clause, index: int) -> bool:
    """True for an order to the reader: no condition, no plain question, nothing forbidden or left to others."""
    is_aside = clause.lead in grammar.CONDITIONS and clause.tokens[index].endswith("ing")  # ``when typing …``
    if is_aside or is_condition(clause) or not grammar.is_order(clause) or clause.lead in ("which", "whether", "because", "since") or clause.tokens[:2] == ("such", "as"):
        return False
    if clause.is_question and not grammar.is_ordering_question(clause):
        return False
    return not is_excused(clause, index) and clause.tokens[index] not in words.DESCRIBING_HEADS


def _verb(token: str) -> str:
    known = safe.FREE | safe.GUARDED
    return token[2:] if token.startswith("re") and token not in known and token[2:] in known else token


def _is_doing(clause: Clause, verb: str) -> bool:
    return verb in DOING and not unfamiliar_words(clause.text, frozenset())


def _is_done_to_the_desk(verb: str, behind: tuple[str, ...]) -> bool:
    """``crank the volume up``: whatever the verb is, when it is none of a deed's and the object is a plain thing."""
    if verb in HARM or verb in _DEEDS or verb in JARGON or verb in NAMED:
        return False
    text = safe.DEVICES.sub(" ", " ".join(behind[:4]))
    return safe.DESK.search(text) is not None and not unfamiliar_words(" ".join(behind), frozenset())


_DEEDS = frozenset(pairs.verb_forms(pairs.WIPE | pairs.DELETE | pairs.SUPPRESS | pairs.BUY | pairs.CREDENTIAL)) | safe.DEED_WORDS
# Verbs of two words: the second says what is done.
_TWO_WORDS = {(first, "click") for first in ("right", "left", "double")} | {("force", "close"), ("force", "quit")}


def _is_unknown(clause: Clause, verb: str, behind: tuple[str, ...]) -> bool:
    if not behind:
        return False
    if verb.endswith("ing") and clause.lead in ("or", "and") and clause.before and clause.before[-1].tokens[0] in words.DETERMINERS:
        return False  # ``a rule or forwarding the caller did not make``
    if verb in safe.GUARDED or verb in ("paste", "cut", "download"):
        is_meant = _is_of_the_desk(clause, behind) or _has_desk_object(verb, behind) or _is_plain(clause, verb, behind)
        return not is_meant and behind[0] not in safe.STATES
    is_free = verb in safe.FREE | safe.FREE_FOREIGN | safe.GERUNDS or not verb.isalpha()
    is_plain = not strong_things(clause) and (_is_doing(clause, verb) or _is_done_to_the_desk(verb, behind))
    if is_free or is_plain or safe.ALLOWED_DELETION.search(clause.text):
        return False
    return behind[0] in words.DETERMINERS | _OBJECT_PRONOUNS and len(verb) > 2


def _is_plain(clause: Clause, verb: str, behind: tuple[str, ...]) -> bool:
    """``bring the folder list back``: a verb of moving things, and nothing but things of a room or a screen."""
    if verb == "remove" and "safely" in clause.tokens:
        return not strong_things(clause)
    if verb == "boot" and clause.tokens[-1] not in ("mode", "menu") and _MEDIUM.isdisjoint(behind):
        return not strong_things(clause) and _COMPUTERS.search(" ".join(behind)) is not None
    if verb == "give" and _NAME.search(" ".join(behind)):
        return not is_protected(clause)
    if verb not in safe.SOFT or strong_things(clause) or not _LOADED.isdisjoint(behind):
        return False
    return unfamiliar(" ".join(behind), frozenset()) is None


_NAME = re.compile(r"\bname\b(?! of (?:a|the) (?:user|account|admin))")
_COMPUTERS = re.compile(r"\b(?:laptop|computer|pc|phone|tablet|notebook|mac)\b")
_MEDIUM = words.words("from into to off with using via safe stick usb disc disk network image")
_LOADED = words.words(
    "access manage approval approve rights permission everything all anything whatever code codes number numbers key keys security trust control off out without it them this that these those one "
    "limit limits block blocks blocked protection update updates version rule rules extension extensions group groups member unlocked lock user caller customer app apps program programs site sites website store copy computer machine laptop pc"
) | BRANDS


def _is_of_the_desk(clause: Clause, behind: tuple[str, ...]) -> bool:
    """What the sentence named before: the browser's data, a device that is paired anew."""
    if behind[-1] in _BROWSER_DATA and pairs.BROWSER.search(clause.sentence):
        return True
    if clause.head == "download" and not {"attachment", "attachments", "invitation"}.isdisjoint(behind):
        return True
    if clause.head in _RECOVERING and _BIN.search(clause.sentence):
        return True
    if clause.head == "unlock" and behind[0] == "it" and _LOCKED.search(clause.sentence):
        return True
    return behind[0] == "it" and not words_in(clause.sentence).isdisjoint(_PAIRED)


_RECOVERING = words.words("restore recover undelete")
_BIN = re.compile(r"\b(?:recycle bin|deleted items|trash)\b")  # what its owner threw away, and takes back
_LOCKED = re.compile(r"\block (?:the |your |their )?(?:screen|computer|laptop|pc|phone|tablet|mac)\b|\bunlock it with (?:the |your |their )?(?:\w+ )?(?:known|usual|own|pin|fingerprint|master password you know)\b")


_PAIRED = words.words("bluetooth headset mouse keyboard")
_BROWSER_DATA = words.words("data content contents files")


def _limited(clause: Clause, verb: str, behind: str) -> Iterator[FloorHit]:
    """An order about a password, an account, a server …, with a verb that is none of the few it may have."""
    if pairs.SELF_SERVICE.search(clause.sentence) or not verb.isalpha() or verb in safe.FREE_FOREIGN:
        return
    if verb in _RECOVERING and _BIN.search(clause.sentence):
        return
    if verb not in safe.FREE | safe.GUARDED and behind.split(" ", maxsplit=1)[0] not in words.DETERMINERS:
        return
    if verb == "resist" or _DISSUADED.match(f"{verb} {behind}") or (verb == "remove" and "safely" in clause.tokens):
        return
    behind = _KNOWING.sub(" ", _INSTRUMENT.sub(" ", behind))
    for floor_class, pattern, verbs in LIMITED:
        match = pattern.search(behind)
        if match and match.group() in _BROWSER_DATA and pairs.BROWSER.search(clause.sentence):
            continue
        if match and floor_class is not FloorClass.SECRETS_IDENTITY and _PICTURED.match(behind):
            continue
        if match and verb not in verbs and safe.ALLOWED_DELETION.search(behind) is None:
            yield FloorHit(floor_class, f"{verb} {match.group()}", clause.text[:200])


def _unfamiliar(clause: Clause, verb: str, names: frozenset[str]) -> Iterator[FloorHit]:
    """An English order with a word in it that harmless steps are not made of."""
    if not MARKS.isdisjoint(clause.tokens) or verb in _THINGS or (verb in words.OBSERVING_HEADS and verb not in words.CAUSATIVES):
        return
    if pairs.SELF_SERVICE.search(clause.sentence) or _only_wants(clause):
        return
    if len(clause.tokens) == 1 or any(at == 0 for at, *_ in strong_things(clause)) or (not is_everyday(verb) and not is_protected(clause)):
        return
    last = len(clause.tokens)
    if is_forbidden(clause, last):
        found = negation(clause.tokens, last)
        last = found[0] if found else 0
    found_words = unfamiliar_words(" ".join(clause.tokens[:last]), names | {verb} if verb in safe.DEED_WORDS else names)
    word = _suspect(clause, verb, found_words)
    if word is not None:
        yield FloorHit(None, f"unfamiliar word: {word}", clause.text[:200])


def _suspect(clause: Clause, verb: str, unknown: tuple[str, ...]) -> str | None:
    """The word that may hide a deed: one of computing, one beside a protected thing, a thing that is started, a second one."""
    if not unknown:
        return None
    jargon = next((word for word in unknown if word in NAMED or word in JARGON or word.rstrip("s") in JARGON), None)
    if jargon is not None or is_protected(clause) or verb in _STARTING or not is_everyday(verb) or len(unknown) > 2:
        return jargon or unknown[0]
    return None


_STARTING = words.words("open launch run use start load try get fetch take put give add install execute boot pull push bring visit download sign log go enter type browse merge import apply")


def _only_wants(clause: Clause) -> bool:
    """``the user wants new software``: a wish is reported."""
    lead_in = clause.tokens[: grammar.head_index(clause.tokens)]
    said = lead_in[:1] and lead_in[0] in words.DETERMINERS and not words.PEOPLE.isdisjoint(lead_in[:2])
    return bool(said) and not {"wants", "needs"}.isdisjoint(lead_in) and "to" not in clause.tokens


# Words that name a thing where an order's verb would stand.
_THINGS = words.words(
    "hardware code codes error warning outlook windows teams zoom word excel edge chrome adapter properties registry firewall licence license certificate dns account update updates password server antivirus driver "
    "user customer caller network wifi vpn bluetooth cable printer screen light lights sound picture message messages mail nothing something everything none no same yes both only"
)
_INSTRUMENT = re.compile(r"\b(?:with|using|by) (?:the |your |their |his |her |its )?(?:\w+ ){0,2}?(?:password|pin|passcode|account|credentials)\b|\bon file\b")
# ``take a photo of the message``, ``have a look at the file``
_PICTURED = re.compile(r"(?:an? |another |one )?(?:\w+ )?(?:photo|picture|screenshot|look|glance|note) (?:of|at) ")
_DISSUADED = re.compile(r"talk (?:the |your )?(?:\w+ )?out of\b")
# ``every device that knows the old password``
_KNOWING = re.compile(r"\b(?:that|which|where|who) (?:still )?(?:knows?|has|have|holds?|uses?|asks? for|wants?) (?:the |an? |your |their )?(?:\w+ )?(?:password|pin|account|profile|files?|mails?)(?: saved| stored)?\b")
_OBJECT_PRONOUNS = words.words("sie u moi me mi mij mir")


_OWN_RESET = words.words("reset change set unlock create")


def _has_desk_object(verb: str, behind: tuple[str, ...]) -> bool:
    text = " ".join(behind)
    if verb in safe.NOT_WITH_DEVICES and not (verb in ("put", "give", "get", "clear") and behind[0] in words.PRONOUNS):
        text = safe.DEVICES.sub(" ", text)
    return safe.ALLOWED_DELETION.search(text) is not None or safe.DESK.search(text) is not None
