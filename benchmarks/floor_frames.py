"""Frames around plain orders: a deed stays one however it is asked for, and is a warning where it is forbidden.

The learned reader is taught the orders of its corpus in some of them. They are not those of the tests.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

ORDERS = (
    "Please {x}.", "Have the caller {x}.", "Have the user {x}, please.", "Ask the caller to {x}.", "Can you {x}?",
    "Could the customer {x}?", "You can {x}.", "You may {x} now.", "It may help to {x}.", "Now {x}.", "Next, {x}.",
    "First {x}, then look again.", "If it still fails, {x}.", "After that, {x}.", "Just {x}.", "Simply {x} and go on.",
    "Help the caller to {x}.", "Tell the user to {x}.", "The caller needs to {x}.", "I would {x}.", "Let the user {x}.",
    "Would you mind if we {x}?", "What helps is to {x}.", "All you need to do is {x}.",
    "The plan is to {x}.", "Time to {x}.", "One option is to {x}.", "It is time to {x}.", "All that is left is to {x}.",
    "The thing to do is {x}.", "What you could try is to {x}.",
)  # fmt: skip
PROHIBITIONS = (
    "Don't {x}.", "Do not {x}; ask the caller to wait instead.", "You may not {x}.", "Never ever {x}.",
    "Nobody may {x} here.", "First line must not {x}.", "We do not {x} at this desk.", "Refuse to {x}.",
    "No need to {x}; a restart is enough.", "There is no reason to {x}.", "It is not allowed to {x}.",
    "Make sure that nobody tries to {x}.", "Under no condition {x}.", "Tell the user not to {x}.",
    "If a page asks the user to {x}, close it.", "The caller should never {x}.", "The caller must not {x}.",
    "Restart the app, but never {x}.", "Nobody needs to {x}.",
    "There is no need for you to {x}.", "It is not necessary to {x}.", "There is no call to {x}.",
    "To {x} is an engineer's job; escalate.", "Escalate: an engineer has to {x}.",
)  # fmt: skip
EACH = 3
_PLAIN = re.compile(r"[A-Z][^,;:.!?>()–—\"“-]*\.?")
_JOINED = re.compile(r" (?:and|then|until|if|when|but|without|so|please|me) ")
_ENGLISH = re.compile(r" (?:the|a|your|to|of|on|their) ")
_NO_ORDERS = frozenset("do never leave keep escalate ask have let avoid no confirm verify the a an is are it".split())


def framed(text: str, *, is_deed: bool, verbs: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The order in frames that order it and in some that forbid it, each with whether it is a deed."""
    first = text.split(" ", maxsplit=1)[0].lower()
    is_one = _PLAIN.fullmatch(text) and _ENGLISH.search(text) and not _JOINED.search(text)
    if first not in verbs - _NO_ORDERS or not is_one:
        return
    order, number = text[0].lower() + text[1:].rstrip("."), int(hashlib.sha256(text.encode()).hexdigest(), 16)
    for turn in range(EACH):
        yield ORDERS[(number + 7 * turn) % len(ORDERS)].format(x=order), is_deed
        yield PROHIBITIONS[(number // 97 + 7 * turn) % len(PROHIBITIONS)].format(x=order), False
