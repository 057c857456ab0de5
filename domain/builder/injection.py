"""Text of the ticket is data. A node that repeats it as its own words, or talks about its prompt, is not served."""

# ruff: noqa: E501 - word lists and patterns are read by the entry, not by the line

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.builder.floor_reading import plain_reading

_SHARED_RUN = 8  # words in a row; a question about a symptom shares fewer with the ticket
_SUSPECT_RUN = 4  # of a sentence that talks to a model
_TALKS_TO_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)(?: \w+){0,4} (?:instructions?|rules?|prompts?|above|previous|everything|guidelines?|policy)|system prompt|system message|"
    r"you are now|act as|pretend|developer mode|jailbreak|respond with|reply with|answer with|output the|your (?:next|only) (?:answer|reply|output|message|node)|"
    r"the assistant|language model|\bas an ai\b|new instructions?|\bsystem :|\bassistant :|instruct the (?:technician|user|customer)|tell the (?:technician|user|customer) to|"
    r"print the following|repeat after|say exactly|kind : |\bjson\b|must (?:say|output|answer|respond)"
)
_ABOUT_PROMPT = re.compile(
    r"(?:previous|prior|above|these|all|your|my) instructions|system prompt|system message|ticket data|language model|\bas an ai\b|i am an ai|developer message|"
    r"jailbreak|hard floor|allow ?list of actions|json schema|prompt injection|developer mode|\bobey\b|pretend (?:to be|you|that)|"
    r"you are now (?:dan|(?:an? |the |my )(?:\w+ )?(?:ai|assistant|model|bot|admin|administrator|hacker|agent))\b|"
    r"\b(?:ignore|disregard|forget|override|ignorieren|ignoriere|missachte|vergiss|ignorez|ignore[rz]?|oubliez|ignora|ignore[ms]?|olvida|dimentica|esqueca|negeer|vergeet)(?: \w+){0,4} "
    r"(?:instructions?|prompts?|guidelines|anweisungen|instrucciones|istruzioni|instrucoes|instructies)\b"
)


def _flat(text: str) -> str:
    return plain_reading(text) if text.strip() else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text)


def _runs(tokens: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(tokens[index : index + length]) for index in range(len(tokens) - length + 1)}


def is_echo(text: str, sources: Iterable[str]) -> bool:
    """True when the node repeats a long stretch of what people wrote, or any stretch of what was aimed at the model."""
    own = _words(_flat(text))
    for source in sources:
        flat = _flat(source)
        if _runs(own, _SHARED_RUN) & _runs(_words(flat), _SHARED_RUN):
            return True
        if _TALKS_TO_MODEL.search(flat) and _runs(own, _SUSPECT_RUN) & _runs(_words(flat), _SUSPECT_RUN):
            return True
    return False


def talks_about_prompt(text: str) -> bool:
    """True for a node that speaks of its instructions instead of the customer's problem."""
    return _ABOUT_PROMPT.search(_flat(text)) is not None
