"""Deeds that the text leaves to somebody else, or only asks about."""

from __future__ import annotations

import re

from domain.builder import floor_safe as safe
from domain.builder import floor_words as words
from domain.builder.floor_clauses import Clause, head_index, is_order, words_in
from domain.builder.floor_negation import negation

# What is handed over when it is not the ticket.
_TOOLS = words.words("mouse keyboard control controls screen desktop password code pin passcode licence license rights access")
_NEEDS_AGENT = re.compile(
    r"^(?:for|to) (?:the )?(?:engineers?|second line|administrators?)\b|\b(?:needs?|requires?|takes|is for|are for|(?:job|work|task|duty|business|matter) (?:for|of)|up to|left to|only|wait for|contact|call in|goes? to|comes? from|(?:opened|granted|handled|done|made) by) "
    r"(?:an? |the |our |your )?(?:\w+ ){0,2}?(?:engineers?|administrators?|admins?|specialists?|second line|\w+ team|account manager)\b"
)
_BY_AGENT = re.compile(r"\bby (?:an?|the|our|your) (?:\w+ )?(?:engineers?|administrators?|specialists?|second line)\b|\b(?:an? )?(?:engineer|specialist)(?: s)? (?:job|task|work|business)\b")
_READERS = words.PEOPLE | words.words("you we us i me can could should may then now first meanwhile")
_ESCALATED = re.compile(r"(?:please )?escalate *[.;!] ")
_OBSERVED = frozenset({"whether", "ob", "if"})


# The text takes it back: ``…, so that is not done here``, ``…, but please do not``.
_RETRACTED = re.compile(
    r"(?:^|[.;,] ?|\b(?:so|but|and|please|which is why) )(?:please )?(?:"
    r"(?:do not|never)(?: try| risk| attempt)?(?: (?:do )?(?:it|that|this|so|one))?(?: (?:here|there|on a call|yourself|at all|without an engineer))*(?= *(?:[.,;!]|$| because| as ))|"
    r"do not (?:put|go|do|make|use|try|touch|press|agree to|accept|allow) (?:it|that|this|one|them|there)\b|we (?:do|must|should|can|may) not (?:do )?(?:it|that|this|so)?|"
    r"(?:that|this|it|which|these|they|none|nothing)(?: of (?:that|this|it))? (?:is|are|was|stays?|remains?|must|may|should|can)(?: \w+)? (?:not|never|on|as it is|as they are|untouched|alone|off limits|nothing|run here|done here|forbidden)\b|none is \w+|"
    r"not (?:here|on this line|on a call|for us|by us|ours|now)\b|no (?:change|changes|exception|exceptions)\b|nothing (?:is|of the kind)|leave (?:it|that|this|them) (?:be|alone|there|as|to|out|untouched|where|running|on\b)|ignore (?:it|that|this|them)(?= *(?:[.,;!]|$))|decline|say no\b|keep (?:away|out|off)|"
    r"(?:(?:that|this|it|which|and) )?(?:(?:was|is|has been|have been|were) )?(?:refused|declined|denied|turned down|rejected|told no|said no)\b|refrain\b|resist\b|hold off\b|(?:and )?advise against|not us\b|"
    r"(?:you|she|he|they|the user|the caller) (?:will|must|should|can|may|shall) not\b(?= *(?:[.;,!]|$|run|do |download|open|allow|be ))|"
    r"(?:it|that|this) is (?:an engineer|a job|for an engineer|for the engineers|somebody else)"
    r")"
)


def is_retracted(clause: Clause) -> bool:
    """What is weighed in one clause and taken back in the next: ``turning it off would …, so it stays on``."""
    head = clause.head
    behind = clause.tokens[head_index(clause.tokens) + 1 :][:1]
    is_verb = head in safe.FREE | safe.GUARDED or not words.DETERMINERS.isdisjoint(behind)
    is_plain_order = is_order(clause) and is_verb and not head.endswith("ing")
    return (not is_plain_order or clause.tokens[0] in words.DESCRIBING_HEADS) and _RETRACTED.search(clause.after) is not None


def is_observed(clause: Clause) -> bool:
    """``check whether …``, ``ask if …``: the clause says what to look at."""
    if clause.lead not in _OBSERVED or not clause.before:
        return False
    return any(token in words.OBSERVING_HEADS for token in clause.before[-1].tokens)


def is_handed_over(clause: Clause) -> bool:
    """``escalate: an engineer has to …``: the deed is named as somebody else's, and the text hands the ticket over."""
    if _ESCALATED.match(clause.whole) and not is_order(clause) and _READERS.isdisjoint(clause.tokens):
        return True  # ``escalate; a battery has to be ordered``
    tokens = words_in(clause.sentence)
    if tokens & {"yourself", "meanwhile"}:
        return False
    if _NEEDS_AGENT.search(clause.sentence) or _BY_AGENT.search(clause.sentence):
        return not _is_imperative(clause)
    if not tokens & words.HAND_OVER:
        return False
    if tokens & (words.AGENTS - {"second"}):
        return True
    return _hands_over(clause) or (any(_hands_over(elder) for elder in clause.before) and not _is_imperative(clause))


def _hands_over(clause: Clause) -> bool:
    """The clause's own verb passes the ticket on, and nothing in it says not to."""
    if clause.head not in words.HAND_OVER or negation(clause.tokens, len(clause.tokens)) is not None:
        return False
    behind = clause.tokens[head_index(clause.tokens) + 1 :][:3]
    if not _TOOLS.isdisjoint(clause.tokens):
        return False
    return clause.head.startswith(("escal", "eskal", "handing", "passing")) or not words.TICKET.isdisjoint(behind)


def _is_imperative(clause: Clause) -> bool:
    if clause.tokens[0].endswith("ing"):
        return False  # ``resetting the password needs an engineer``
    following = clause.tokens[head_index(clause.tokens) + 1 :]
    return bool(following) and following[0] in words.DETERMINERS | words.PRONOUNS and clause.head not in words.FINITE
