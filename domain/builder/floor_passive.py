"""``The password should be reset by you`` is ``reset the password``: passive demands said as the orders they are."""

from __future__ import annotations

import re
from dataclasses import replace

from domain.builder import floor_pairs as pairs
from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause
from domain.builder.floor_orders import HARM
from domain.builder.floor_vocabulary import EVERYDAY
from domain.builder.floor_words import participle

_DEMAND = re.compile(
    r"\b(?:should|must|shall|needs? to|has to|have to|had better|ought to|is to|are to|can|could|may)"
    r"(?: (?:now|then|also|just|simply|please|first|best|all|safely|always|instead|still|only|temporarily|briefly))* be(?: \w+ly)? (\w+)\b"
)
_SUBJUNCTIVE = re.compile(r"\b(?:recommended|advised|suggested|required|best|necessary|important|advisable) that (.{3,80}?) be (\w+)\b|^(?:could|can|should|shall|may|might|must) (.{3,60}?) be (\w+)\b")
_NOT = words.words("not never no nothing nobody without none cannot neither nor")
_BY_OTHERS = re.compile(r"\bby (?:many|anyone|anybody|everyone|everybody|others)\b|\bby (?:an? |the |our |your |their |somebody |someone )?(?:\w+ ){0,2}?(?:engineers?|administrators?|admin|specialists?|team|level2|l2|expert|second line|it|vendor|with rights)\b")
_ALL = safe.FREE | safe.GUARDED | frozenset(form for form, kind in HARM.items() if kind == "base") | pairs.CREDENTIAL | pairs.DISCLOSE | pairs.BUY | pairs.SERVER | pairs.WIPE
_KNOWN = _ALL | EVERYDAY | words.words("omit cancel waive")
_BASES = {participle(verb): verb for verb in sorted(_ALL)}


_DEEDS_BY_NOUN = {
    "restart": "restart", "reboot": "reboot", "restarting": "restart", "removal": "remove", "deletion": "delete", "deactivation": "deactivate", "activation": "activate", "reset": "reset",
    "change": "change", "collection": "collect", "execution": "execute", "replacement": "replace", "installation": "install", "reinstallation": "reinstall", "uninstallation": "uninstall",
    "download": "download", "unlock": "unlock", "wipe": "wipe", "erasure": "erase", "modification": "modify", "creation": "create", "addition": "add", "assignment": "assign", "purchase": "purchase",
    "renewal": "renew", "upgrade": "upgrade", "update": "update", "disabling": "disable", "suspension": "suspend", "exclusion": "exclude", "configuration": "configure", "reconfiguration": "reconfigure",
    "adjustment": "adjust", "extension": "extend", "transfer": "transfer", "disclosure": "disclose", "recording": "record", "noting": "note", "sharing": "share", "bypass": "bypass", "omission": "omit",
    "skipping": "skip", "edit": "edit", "editing": "edit", "import": "import", "export": "export", "cleanup": "delete", "clearing": "clear", "emptying": "empty", "moving": "move", "renaming": "rename",
    "takeover": "control", "registration": "register", "enrolment": "enrol", "cancellation": "cancel", "release": "release", "lifting": "lift", "opening": "open", "closing": "close",
}
_NOMINAL = re.compile(r"^(?:please )?(?:the |an? )?(?:\w+ ){0,2}?(" + "|".join(sorted(_DEEDS_BY_NOUN, key=len, reverse=True)) + r") of (?:the |all |an? )?(.+)$")
_VERBAL = words.words("is are was were has had have did does can could may might will would should must not never no nothing needs need requires without failed fails after since before")


def _as_said_of(clause: Clause) -> Clause | None:
    """``Deletion of the profile by the technician``: a deed as a heading, without any verb."""
    match = _NOMINAL.match(clause.text)
    if match is None or not _VERBAL.isdisjoint(clause.tokens) or _BY_OTHERS.search(clause.text) or clause.before:
        return None
    tokens = (_DEEDS_BY_NOUN[match.group(1)], "the", *match.group(2).split())
    return replace(clause, tokens=tokens, lead="", whole=f"{clause.whole} {' '.join(tokens)}")


def as_order(clause: Clause) -> Clause | None:
    """The same demand in the active voice; None for a clause that demands nothing in the passive or as a noun."""
    said = _as_said_of(clause)
    if said is not None or clause.lead in ("so that", "so", "because", "which", "until"):
        return said
    found = _demanded(clause)
    if found is None:
        return None
    subject, done, rest = found
    verb = None if _BY_OTHERS.search(rest) or not _NOT.isdisjoint(clause.tokens) else _base(done)
    if verb is None:
        return None
    tokens = (verb, *(token for token in subject.split() if token not in _QUESTION), *rest.split())
    return replace(clause, tokens=tokens, lead="", is_question=False, whole=f"{clause.whole} {' '.join(tokens)}")


def _demanded(clause: Clause) -> tuple[str, str, str] | None:
    """What is to be done with what: subject, participle, and the rest of the clause."""
    match = _SUBJUNCTIVE.search(clause.text)
    if match is None:
        match = _DEMAND.search(clause.text)
        return None if match is None else (clause.text[: match.start()], match.group(1), clause.text[match.end() :])
    if match.group(3) and {"please", "you"}.isdisjoint(clause.tokens):
        return None  # ``could the account be locked?`` asks how things are
    return match.group(1) or match.group(3), match.group(2) or match.group(4), clause.text[match.end() :]


_QUESTION = words.words("could can would should will please kindly it is that if when")


def _base(done: str) -> str | None:
    """The verb of a participle, known or guessed; None for what is none (``should be green``)."""
    if done in _BASES:
        return _BASES[done]
    if not done.endswith("ed") or len(done) < 5:
        return None
    stems = (done[:-1], done[:-2], done[:-3])
    return next((stem for stem in stems if stem in _KNOWN), done[:-2])
