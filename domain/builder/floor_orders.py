"""Where a verb stands: in an order's place, in a report, in a condition."""

from __future__ import annotations

import re
from itertools import pairwise

from domain.builder import floor_clauses as grammar
from domain.builder import floor_pairs as pairs
from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause, words_in
from domain.builder.floor_handover import is_handed_over, is_observed, is_retracted
from domain.builder.floor_negation import is_forbidden
from domain.builder.floor_objects import STRONG


def is_excused(clause: Clause, at: int) -> bool:
    return (
        is_forbidden(clause, at)
        or is_observed(clause)
        or is_handed_over(clause)
        or is_retracted(clause)
        or _is_others_doing(clause, at)
        or _is_offered(clause, at)
        or _is_imagined(clause)
        or is_reason_to_stop(clause)
    )


def _is_others_doing(clause: Clause, at: int) -> bool:
    """``if a page asks to install something …``: what somebody or something else may do, in a condition of its own."""
    if _agent_must(clause, at):
        return True
    if _ASKS_YOU.search(clause.text) and clause.tokens[0] in words.DESCRIBING_HEADS and not _STOPS.isdisjoint(words_in(clause.whole)):
        return True
    if any(not _PRAISED.isdisjoint(elder.tokens) for elder in clause.before):
        return False
    if any(_runs_on(clause, index) for index, token in enumerate(clause.tokens[: at + 1]) if token in _RUN_ON):
        return False
    if not is_condition(clause) or clause.lead in ("once", "after", "until", "as", "since"):
        return False
    return not _OFFERS.isdisjoint(clause.tokens)


def _is_imagined(clause: Clause) -> bool:
    """``that would change the server``: what something would do, as long as nobody says that it would help."""
    tokens = clause.tokens
    if tokens[0] not in ("that", "this", "which", "it") or len(tokens) < 2:
        return False
    if tokens[1] in _RUINS:
        return any(is_forbidden(elder, len(elder.tokens)) for elder in clause.before)
    return tokens[1] == "would" and _GOOD.isdisjoint(tokens)


# ``never accept that: it deletes the data``
_RUINS = words.words("deletes erases wipes destroys removes formats resets changes disables breaks overwrites")


_GOOD = words.words("help be solve fix cure do clear resolve work mean repair bring make get need")
_OFFERING = re.compile(
    r"\b(?:pop ?ups?|page|site|website|window|prompt|e?mail|message|banner|advert|ad|link|caller|user|customer|article|video|button|person|wizard|screen) (?:that|who|which) "
    r"(?:wants|asks|offers|tells|says|claims|urges|promises|begs|demands|suggests|advises|proposes)\b|"
    r"\b(?:sees|gets|got|saw|shows|receives|received|has|had|mentions) (?:an? |the |this )?(?:\w+ )?(?:prompt|offer|request|invitation|instructions?|message|mail|pop ?up|banner) to\b"
)


def _is_offered(clause: Clause, at: int) -> bool:
    """``the pop-up that wants to update the driver``: what is offered is named, not ordered."""
    found = _OFFERING.search(clause.text)
    return found is not None and clause.text[: found.start()].count(" ") < at


def _agent_must(clause: Clause, at: int) -> bool:
    """``an engineer has to reset it``: the one who acts is named, and it is not the reader."""
    if _OURS.match(clause.text):
        return False
    if clause.tokens[0] == "only" and not _DOERS.isdisjoint(clause.tokens[1:4]) and not _DOES.isdisjoint(clause.tokens[:at]):
        return True
    if _WITH_RIGHTS.match(clause.text):
        return True
    for index, token in enumerate(clause.tokens[:at]):
        if token not in _DOERS or not _DOES.intersection(clause.tokens[index + 1 : index + 4]):
            continue
        if index == 0 or clause.tokens[index - 1] in words.DETERMINERS | _DOERS or clause.tokens[0] in words.DETERMINERS:
            return not words.CAUSATIVES.intersection(clause.tokens[:index])
    if clause.lead in ("and", "or") and clause.before and not clause.tokens[0].endswith("ing"):
        elder = clause.before[-1]  # ``an engineer must rejoin it or repair its account``
        if is_team_task(elder) and words.PRONOUNS.isdisjoint(clause.tokens[:1]):
            return True
    return is_team_task(clause)


_OURS = re.compile(r"(?:our|your|my|this) (?:\w+ )?team\b|(?:the )?(?:first line|l1|support|service desk|help desk)(?: team)?\b")


def is_team_task(clause: Clause) -> bool:
    """``network team to fix the record``, ``the desktop engineers must …``: what an escalation leaves to others."""
    found = _TEAM_TASK.match(clause.text)
    return found is not None and words.CAUSATIVES.isdisjoint(found.group().split())


# A desk or a team by its name; *service desk*, *help desk* and *technician* are those who read this.
_TEAM_TASK = re.compile(
    r"(?:(?:the|an?|for|only) )?(?:(?!(?:you|your|our|my|this|to|help|service|support|first|front|l1|tier)\b)[a-z]+ ){0,3}?(?:team|teams|engineers?|engineering|administrators?|workshop|infrastructure|"
    r"field services?|(?:licensing|licence|license|security|identity|billing|access|erp|mail) desk|second line|security|billing|licensing|procurement|specialists?|sap admins)(?: on call)? "
    r"(?:to|must|has to|have to|needs? to|should|will|can|may|shall|decides?|is to|are to) (?!let |know |see |help |you )\w+"
)
_WITH_RIGHTS = re.compile(r"(?:somebody|someone|a colleague|an? \w+) with (?:the |more |enough )?(?:\w+ )?rights (?:must|has|should|needs|may|can|will|does|installs|changes|resets|unlocks)\b")
_DOERS = (words.AGENTS - {"second"}) | words.words("somebody someone admin admins jemand quelqu alguien qualcuno alguem iemand rights manager") - {"level2", "tier"}
_DOES = words.words(
    "may must has have will needs should can shall does do decides handles resets unlocks changes installs muss mussen kann soll wird doit doivent va peut debe tiene puede deve dovra deva moet zal kan darf"
)
_ASKS_YOU = re.compile(r"\b(?:ask|asks|tell|tells|want|wants|urge|urges|beg|begs|press|presses|pressure|talk|talks|prompt|prompts|get|gets|try|tries)(?: to \w+)? you (?:to|into)\b")
_STOPS = words.words("refuse decline escalate stop no not never eskalieren")
# ``it will be faster if the user tells you …``
_PRAISED = words.words("faster easier quicker simpler better best easiest quickest simplest fastest helps")
_OFFERS = words.words(
    "offers offer asks ask wants want tells tell suggests suggest prompts prompt proposes propose demands demand advises advise insists requests requires require needs need threatens urges invites "
    "is are mention mentions found finds report reports advise advises reads requested shows appears comes turns claims says mentions would"
)


def stops_then(clause: Clause) -> bool:
    """``if that would mean editing …, escalate``: the deed is the reason to stop."""
    return is_condition(clause) and not {"escalate", "stop", "cancel", "close"}.isdisjoint(
        words_in(clause.sentence)
    )


HARM = pairs.verb_forms(
    (pairs.CHANGE
    | pairs.DELETE
    | pairs.SUPPRESS
    | pairs.INSTALL
    | pairs.BUY
    | words.words(
        "open run launch start use execute turn switch type enter edit press format log sign go visit access load boot flash deactivate "
        "lower allow accept trust give grant put bring work tinker mess fiddle play try apply take let modify tick untick uncheck"
    ))
    - {"cancel"}
)


_RUN_ON = frozenset(form for form, kind in HARM.items() if kind == "base") | pairs.DISCLOSE


def in_order_position(clause: Clause, index: int) -> bool:
    if index == 0:
        return True
    before = clause.tokens[index - 1]
    if clause.tokens[0] in ("let", "make", "have") and index <= 4 and "update" not in clause.tokens:
        return True
    if clause.lead in grammar.CONDITIONS and (is_condition(clause) or before != "you"):
        return _runs_on(clause, index)
    return before in words.BEFORE_ORDER or before.isdigit() or words.is_adverb(before)


def is_condition(clause: Clause) -> bool:
    """``if a page asks to install …`` says when; with *you* as its subject it says what the reader is to do."""
    if clause.lead not in grammar.CONDITIONS:
        return False
    is_state = not {"is", "are", "appears", "shows"}.isdisjoint(clause.tokens[1:8])
    if clause.tokens[0] not in words.DESCRIBING_HEADS | words.PEOPLE and not is_state:
        return False
    offered = _OFFERS if _STOPS.isdisjoint(words_in(clause.sentence)) else _OFFERS | _TO_YOU
    return all(before in offered for before, word in pairwise(clause.tokens) if word == "you")


_TO_YOU = words.words("to with for from at")


def is_refused_request(clause: Clause) -> bool:
    """``refuse if the caller asks to skip …``: what somebody asks for is the reason to say no."""
    if not is_condition(clause) or _OFFERS.isdisjoint(clause.tokens):
        return False
    return _REFUSES.search(clause.sentence) is not None


_REFUSES = re.compile(r"(?<!not )(?<!never )(?<!cannot )(?<!to )\b(?:refuse|decline|escalate|say no|end the (?:call|walk)|stop (?:there|here|them|him|her|the \w+))\b")


def is_reason_to_stop(clause: Clause) -> bool:
    """``since the fix would mean …, escalate``: why the ticket is handed over."""
    if clause.lead not in ("since", "because", "as", "if", "when") or clause.tokens[0] not in words.DESCRIBING_HEADS:
        return False
    return not _SUPPOSED.isdisjoint(clause.tokens) and "escalate" in words_in(clause.sentence)


_SUPPOSED = words.words("would might could needs requires means")


def _runs_on(clause: Clause, index: int) -> bool:
    """``if it does not load disable the firewall``: the order follows without a comma."""
    following = clause.tokens[index + 1] if index + 1 < len(clause.tokens) else ""
    before = clause.tokens[index - 1]
    return (
        index >= 2
        and before not in words.words("to they we users can could will would may might not the a customer user it")
        and (following in words.DETERMINERS | words.PRONOUNS or _names_protected(clause.tokens[index + 1 :]))
    )


def _names_protected(tokens: tuple[str, ...]) -> bool:
    behind = " ".join(tokens)
    return any(pattern.match(behind) for _, pattern in STRONG)


def is_reported(clause: Clause, index: int) -> bool:
    """``did you change …``, ``the user did change …``: history, no order."""
    if is_condition(clause):
        return False
    tokens = clause.tokens[:index]
    past = any(word in ("did", "does") or (word in ("had", "has") and after != "to") for word, after in pairwise((*tokens, "")))
    return past and "try" not in clause.tokens


def is_progressive(clause: Clause, index: int) -> bool:
    return index > 0 and clause.tokens[index - 1] in words.words(
        "is are was were been be stopped finished keeps kept when while of during"
    )
