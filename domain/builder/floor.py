"""The second gate: the hard floor's deny rules over a text that would be served (design, section 6).

Two ideas carry it. Some things (the registry, a firewall, a licence …) are never the object of an order, whatever
the verb: new verbs need no new rule. Other things (a password, a file, a server …) are harmless with most verbs:
there a deed is a verb and an object together. A text that only looks, asks or warns passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause
from domain.builder.floor_objects import ALWAYS, STRONG
from domain.builder.floor_phrases import FOREIGN_UPDATE, PHRASES
from domain.builder.floor_reading import is_readable, readings

_ENGLISH = words.words("the your this to of and with is you customer user their own it for on an from by")


@dataclass(frozen=True, slots=True)
class FloorHit:
    """``floor_class`` is None for a text the rules cannot read. ``excerpt`` is the clause as the rules saw it."""

    floor_class: FloorClass | None
    rule: str
    excerpt: str


def floor_hits(text: str) -> tuple[FloorHit, ...]:
    """Every deed of the eleven classes that the text orders; empty when it may be served. Never raises."""
    if not text.strip():
        return ()
    found = [] if is_readable(text) and _is_known_language(text) else [FloorHit(None, "unreadable", "")]
    for reading in readings(text):
        sentences = grammar.clauses(reading)
        for sentence in sentences:
            for clause in sentence:
                found.extend(_clause_hits(clause, sentence))
        found.extend(_pronoun_hits(sentences))
    return tuple(dict.fromkeys(found))


def _clause_hits(clause: Clause, sentence: list[Clause]) -> Iterator[FloorHit]:
    yield from _phrase_hits(clause)
    if grammar.is_state_question(clause):
        return
    yield from _strong_hits(clause, sentence)
    for pair in pairs.PAIRS:
        if _pair_hit(clause, pair):
            yield FloorHit(pair.floor_class, pair.name, clause.text[:200])
    yield from _unknown_order(clause)


def _is_known_language(text: str) -> bool:
    """False for a sentence of which not one word belongs to a language the rules know."""
    tokens = [token for token in readings(text)[0].replace(",", " ").replace(".", " ").split() if token.isalpha()]
    return len(tokens) < 3 or not safe.SUPPORTED_WORDS.isdisjoint(tokens)


def _unknown_order(clause: Clause) -> Iterator[FloorHit]:
    """An order with a verb that is not known to be harmless, or that is so only with certain objects."""
    index = grammar.head_index(clause.tokens)
    verb = clause.tokens[index] if clause.tokens else ""
    behind = clause.tokens[index + 1:]
    if not grammar.is_order(clause) or clause.is_question or clause.lead in ("which", "whether", "because", "since"):
        return
    if _excused(clause, index) or _excused(clause, len(clause.tokens)) or verb in words.DESCRIBING_HEADS:
        return
    if verb in _OWN_RESET and pairs.SELF_SERVICE.search(clause.sentence):
        return
    if verb in safe.GUARDED:
        if behind and not _has_desk_object(verb, behind) and behind[0] not in safe.STATES:
            yield FloorHit(None, f"unknown order: {verb}", clause.text[:200])
        return
    if verb in safe.FREE or verb in safe.FREE_FOREIGN or verb in safe.GERUNDS or not verb.isalpha():
        return
    if behind and behind[0] in words.DETERMINERS | _OBJECT_PRONOUNS and len(verb) > 2:
        yield FloorHit(None, f"unknown order: {verb}", clause.text[:200])


_OBJECT_PRONOUNS = words.words("sie u moi me mi mij mir")
_OWN_RESET = words.words("reset change set unlock create")


def _has_desk_object(verb: str, behind: tuple[str, ...]) -> bool:
    text = " ".join(behind)
    if verb in safe.NOT_WITH_DEVICES and not (verb in ("put", "give", "get", "clear") and behind[0] in words.PRONOUNS):
        text = safe.DEVICES.sub(" ", text)
    return safe.DESK.search(text) is not None


def _phrase_hits(clause: Clause) -> Iterator[FloorHit]:
    text = clause.text
    for floor_class, name, pattern in PHRASES:
        if name == "foreign" and not _ENGLISH.isdisjoint(clause.tokens):
            continue
        for match in pattern.finditer(text):
            at, last = text[:match.start()].count(" "), text[:match.end()].count(" ")
            if not _excused_phrase(clause, name, at, match.group()) and not (
                name == "foreign" and grammar.is_forbidden(clause, last)
            ):
                yield FloorHit(floor_class, name, text[:200])
                break


def _excused_phrase(clause: Clause, name: str, at: int, matched: str) -> bool:
    if name == "skip-identity":
        before = clause.tokens[:at]
        return bool({"not", "never", "avoid"} & set(before)) or (matched.startswith("ignore") and "error" in matched)
    if name == "what-is-secret":
        return grammar.is_forbidden(clause, at)
    if name == "foreign" and FOREIGN_UPDATE.search(clause.text) and pairs.OFFERED_BUT_NOT.search(clause.text) is None:
        return True
    if grammar.is_state_question(clause) and name != "what-is-secret" and not _asks_for_secret(name, matched):
        return True
    return _excused(clause, at)


def _asks_for_secret(name: str, matched: str) -> bool:
    """``Wie lautet Ihr Passwort?`` is a question, and the deed is to ask it."""
    return name == "foreign" and matched.split()[0] in ("wie", "quel", "cual", "qual", "wat")


def _excused(clause: Clause, at: int) -> bool:
    return grammar.is_forbidden(clause, at) or grammar.is_observed(clause) or grammar.is_handed_over(clause)


def _strong_hits(clause: Clause, sentence: list[Clause]) -> Iterator[FloorHit]:
    text = clause.text
    for floor_class, pattern in STRONG:
        for match in pattern.finditer(text):
            at = text[:match.start()].count(" ")
            if not _excused(clause, at) and _is_ordered(clause, sentence, at, match.group()):
                yield FloorHit(floor_class, match.group(), text[:200])
                break


def _is_ordered(clause: Clause, sentence: list[Clause], at: int, name: str) -> bool:
    if name in ALWAYS or _passive_order(clause, at) or _is_told(clause, at) or _deed_noun(clause, at + len(name.split())):
        return True
    if at <= grammar.head_index(clause.tokens) < at + len(name.split()):
        return False
    if grammar.is_order(clause):
        return _acts(clause, at)
    if _harm_before(clause, at):
        return True
    if clause.tokens[0] in words.LOCATIVES or len(clause.tokens) <= at + len(name.split()):
        return any(
            other is not clause and grammar.is_order(other) and _acts(other, len(other.tokens))
            and not grammar.is_forbidden(other, grammar.head_index(other.tokens)) for other in sentence
        ) and clause.tokens[0] in words.LOCATIVES
    return False


_DEED_NOUNS = words.words("edit edits change changes tweak tweaks fix hack modification modifications removal reset wipe exclusion exception override edition flash")


def _deed_noun(clause: Clause, behind: int) -> bool:
    """``a registry tweak``, ``the next step is a firewall exception``; what happened by itself is no deed."""
    return any(token in _DEED_NOUNS for token in clause.tokens[behind:behind + 2]) and not (
        {"did", "was", "were", "has", "had", "after", "since", "recent", "needs", "need", "requires"} & set(clause.tokens)
    )


def _acts(clause: Clause, at: int) -> bool:
    """An order whose verb does more than look. Looking *until something is off* is doing, too."""
    if clause.head not in words.OBSERVING_HEADS:
        return True
    return _harm_before(clause, at)


def _is_told(clause: Clause, at: int) -> bool:
    """``tell the firewall to …``: the thing itself is given the order."""
    return at > 0 and "to" in clause.tokens[at:] and clause.tokens[at - 1] in ("tell", "ask", "let", "instruct") + (
        ("the",) if at > 1 and clause.tokens[at - 2] in ("tell", "instruct") else ()
    )


def _harm_before(clause: Clause, at: int) -> bool:
    """A changing verb in an order's position before the object (``ask the customer to disable the firewall``)."""
    for index, token in enumerate(clause.tokens[:at]):
        form = _HARM.get(token)
        if form == "base" and _in_order_position(clause, index) and not _reported(clause, index):
            return True
        if form == "gerund" and not _progressive(clause, index) and not _stops_then(clause):
            return True
    return False


def _stops_then(clause: Clause) -> bool:
    """``if that would mean editing …, escalate``: the deed is the reason to stop."""
    return _is_condition(clause) and not {"escalate", "stop", "cancel", "close"}.isdisjoint(clause.sentence.replace(",", " ").split())


_HARM = pairs._forms(
    pairs.CHANGE | pairs.DELETE | pairs.SUPPRESS | pairs.INSTALL | pairs.BUY
    | words.words("open run launch start use execute turn switch type enter edit press format log sign go visit access load boot flash deactivate "
                  "lower allow accept trust give grant put bring work tinker mess fiddle play try apply take let modify tick untick uncheck")
)


def _passive_order(clause: Clause, at: int) -> bool:
    """``the firewall should be switched off``, ``make sure the firewall is disabled``, ``with the firewall off``."""
    tokens = clause.tokens
    tail = tokens[at:]
    off = [
        index for index, token in enumerate(tail)
        if token in words.OFF_WORDS or _HARM.get(token) == "participle" or (token in ("set", "put", "cut", "run") and tail[index - 1] == "be")
    ]
    gerunds = [index for index, token in enumerate(tail) if _HARM.get(token) == "gerund"]
    text = " ".join(tail)
    if gerunds and any(f" {word} " in f" {text} " for word in ("needs", "need", "wants", "requires", "could use")):
        return True
    if not off:
        return False
    if clause.lead in ("once", "after", "as soon as") or tokens[0] == "once":
        return True
    before = " ".join(tokens[:at]) + " " + " ".join(tail[: off[-1]])
    marks = ("should", "must", "has to", "have to", "had to", "needs to", "need to", "ought to", "to be", "shall", "can be", "could be", "may be", "make sure",
             "ensure", "see to it", "needs", "get", "have", "with", "wants", "better", "check that", "verify that", "confirm that", "until", "is to", "are to")
    return any(f" {mark} " in f" {before} " for mark in marks) and "whether" not in before


def _in_order_position(clause: Clause, index: int) -> bool:
    if index == 0:
        return True
    before = clause.tokens[index - 1]
    if clause.tokens[0] == "let" and index <= 4 and "update" not in clause.tokens:
        return True
    if _is_condition(clause):
        return _runs_on(clause, index)
    return before in words.BEFORE_ORDER or before.isdigit() or (before.endswith("ly") and len(before) > 4)


def _is_condition(clause: Clause) -> bool:
    """``if a page asks to install …`` says when; with *you* it says what the reader is to do."""
    return clause.lead in grammar.CONDITIONS and clause.tokens[0] in words.DESCRIBING_HEADS and "you" not in clause.tokens


def _runs_on(clause: Clause, index: int) -> bool:
    """``if it does not load disable the firewall``: the order follows without a comma."""
    following = clause.tokens[index + 1] if index + 1 < len(clause.tokens) else ""
    before = clause.tokens[index - 1]
    return index > 2 and before not in words.words("to they we users can could will would may might not the a customer user it") and (
        following in words.DETERMINERS or any(pattern.match(following) for _, pattern in STRONG)
    )


def _reported(clause: Clause, index: int) -> bool:
    """``did you change …``, ``the user did change …``: history, no order."""
    if _is_condition(clause):
        return False
    return any(token in ("did", "does", "had", "has") for token in clause.tokens[:index]) and "try" not in clause.tokens


def _progressive(clause: Clause, index: int) -> bool:
    return index > 0 and clause.tokens[index - 1] in words.words("is are was were been be stopped finished keeps kept when while of during")


_DOING = words.words("do perform run make carry conduct initiate trigger apply execute undertake need needs needed force complete arrange order required")


def _verb_positions(clause: Clause, pair: pairs.Pair) -> Iterator[tuple[int, str]]:
    for index, token in enumerate(clause.tokens):
        form = pair.forms.get(token)
        if form is None:
            continue
        if form == "base" and not _in_order_position(clause, index):
            if not any(word in _DOING for word in clause.tokens[max(0, index - 5):index]):
                continue
        if form == "base" and _reported(clause, index):
            continue
        if form == "gerund" and _progressive(clause, index):
            continue
        yield index, form


def _pair_hit(clause: Clause, pair: pairs.Pair) -> bool:
    text = clause.sentence if pair.floor_class is FloorClass.CREDENTIALS else clause.text
    if pair.unless is not None and pair.unless.search(text) and not _unless_is_bait(pair, text):
        return False
    for index, form in _verb_positions(clause, pair):
        if form == "participle" and not (pair.forms.get(clause.tokens[index]) == "base"):
            if _passive_pair(clause, pair, index):
                return True
            continue
        if _excused(clause, index):
            continue
        if _has_object(clause, pair, index) and not _warned_on(clause, index):
            return True
    return False


def _warned_on(clause: Clause, index: int) -> bool:
    """``tell the customer never to give …``: what is told is a prohibition."""
    if clause.tokens[index] not in words.CAUSATIVES | {"tell", "remind", "say", "warn", "want"}:
        return False
    return not {"never", "not", "nobody", "nothing"}.isdisjoint(clause.tokens[index + 1:index + 6])


def _unless_is_bait(pair: pairs.Pair, text: str) -> bool:
    """A source outside the machine (a link, a vendor's site) makes an ``offered update`` an installation again."""
    if pair.floor_class is FloorClass.SOFTWARE:
        return pairs.OFFERED_BUT_NOT.search(text) is not None
    if pair.floor_class is FloorClass.CREDENTIALS:
        return any(token in words.AGENTS | {"admin", "directory", "console"} for token in text.split())
    return False


def _has_object(clause: Clause, pair: pairs.Pair, index: int) -> bool:
    behind = " ".join(clause.tokens[index + 1:index + 1 + pair.window])
    if not behind and pair.name == "install" and "update" not in clause.sentence:
        return True
    if pair.objects.search(behind):
        return True
    in_front = " ".join(clause.tokens[max(0, index - 4):index])
    doing = any(word in _DOING for word in clause.tokens[max(0, index - 5):index])
    return doing and pair.objects.search(in_front) is not None and pair.name not in ("install", "listing", "purchase")


def _passive_pair(clause: Clause, pair: pairs.Pair, index: int) -> bool:
    before = clause.tokens[:index]
    if pair.objects.search(" ".join(before)) is None or pair.name in ("install", "listing", "purchase"):
        if pair.name != "install":
            return False
    text = f" {' '.join(before)} "
    if not any(f" {mark} " in text for mark in ("should", "must", "has to", "have to", "needs to", "need to", "to be", "make sure", "ensure", "get", "have", "with", "can be", "could be")):
        return False
    if clause.tokens[0] in ("has", "have", "had", "did", "does") or "has been" in text or "have been" in text:
        return False
    return not _excused(clause, index) and not any(token in ("not", "never", "nothing") for token in before)


_PRONOUN_DEEDS = words.words(
    "disable deactivate delete remove edit change modify uninstall wipe erase format install reinstall download bypass unlock reset stop kill pause suspend overwrite "
    "rename replace run execute turn switch shut buy cancel renew assign set write note record share send read tell import flash clear"
)
_PRONOUN_DEED_CLASSES = {"write": 0, "note": 0, "record": 0, "share": 0, "send": 0, "read": 0, "tell": 0}


def _pronoun_hits(sentences: list[list[Clause]]) -> Iterator[FloorHit]:
    """``The antivirus is not needed, so switch it off``: the object was named before, the order says *it*."""
    named: tuple[FloorClass, str] | None = None
    for sentence in sentences:
        for clause in sentence:
            if named is not None and _orders_pronoun(clause):
                yield FloorHit(named[0], f"{named[1]} (it)", clause.text[:200])
            last = _last_named(clause)
            named = last or (None if _names_other(clause) else named)


def _orders_pronoun(clause: Clause) -> bool:
    for index, token in enumerate(clause.tokens):
        if token not in _PRONOUN_DEEDS or token in _PRONOUN_DEED_CLASSES or not _in_order_position(clause, index):
            continue
        behind = clause.tokens[index + 1:index + 3]
        particle_ok = token not in ("turn", "switch", "shut") or "off" in clause.tokens or "down" in clause.tokens
        rest = clause.tokens[index + 1:]
        back_on = "on" in rest and "off" in rest
        if any(word in words.PRONOUNS for word in behind) and particle_ok and not back_on and not _excused(clause, index):
            return True
    return False


def _last_named(clause: Clause) -> tuple[FloorClass, str] | None:
    last: tuple[int, FloorClass, str] | None = None
    for floor_class, pattern in STRONG:
        for match in pattern.finditer(clause.text):
            if last is None or match.start() > last[0]:
                last = (match.start(), floor_class, match.group())
    return None if last is None else (last[1], last[2])


def _names_other(clause: Clause) -> bool:
    """A new thing was named, so *it* means that one."""
    return any(token in words.DETERMINERS for token in clause.tokens) and len(clause.tokens) > 3
