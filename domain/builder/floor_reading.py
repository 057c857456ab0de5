"""How the floor reads a text: look-alikes folded, hidden characters gone, words in one spelling.

What is returned is for matching only and is never served.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from domain.builder.floor_needles import swaps
from domain.builder.floor_syntax import spoken

# Letters of other alphabets that look Latin; NFKC leaves them alone. Small on purpose: the rest is refused as unreadable.
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтнвгпьӏАВЕКМНОРСТУХІЈЅԌԚԜαβεηικνορτυχωγΑΒΕΖΗΙΚΜΝΟΡΤΥΧʟɪɴʀᴇᴀᴏᴛɢʏʜʙᴄᴅᴋᴍᴘᴜᴠᴡᴢꜱɑɡıłøđ",
    "aeopcyxijsdhqwkmthbrnbiABEKMHOPCTYXIJSGQWabenikvoptuxwyABEZHIKMNOPTYXlinreaotgyhbcdkmpuvwzsagilod",
)
_LEET = str.maketrans("0134578@$!|€", "oieastbasiie")
_JOINS = (
    ("any desk", "anydesk"),
    ("team viewer", "teamviewer"),
    ("power shell", "powershell"),
    ("reg edit", "regedit"),
    ("fire wall", "firewall"),
    ("anti virus", "antivirus"),
    ("anti malware", "antimalware"),
    ("e mail", "email"),
    ("e mails", "emails"),
    ("wi fi", "wifi"),
    ("re install", "reinstall"),
    ("un install", "uninstall"),
    ("pass word", "password"),
    ("re enter", "reenter"),
    ("re format", "reformat"),
    ("re set", "reset"),
    ("de activate", "deactivate"),
    ("down load", "download"),
    ("pass code", "passcode"),
    ("re image", "reimage"),
    ("bit locker", "bitlocker"),
    ("registry s", "registry"),
    ("re register", "reregister"),
    ("sub domain", "subdomain"),
    ("white list", "whitelist"),
    ("allow list", "allowlist"),
    ("by pass", "bypass"),
    ("re join", "rejoin"),
    ("re add", "readd"),
    ("re create", "recreate"),
    ("re activate", "reactivate"),
    ("sign on", "sign in"),
)
_JOIN = re.compile(r"\b(" + "|".join(re.escape(left) for left, _ in _JOINS) + r")\b")
_JOINED = dict(_JOINS)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ \t\-._*·|]{1,2}){3,400}[^\W\d_](?![^\W_])")
_CAMEL = re.compile(r"(?<=[a-z])(?<!Java)(?=[A-Z])")
_MIXED = re.compile(r"(?<![^\s(\"'])(?=\S{0,40}[A-Za-z])[A-Za-z0134578@$!|€]{3,40}(?![^\s.,;:)\"'])")
_CONTRACTIONS = (
    (re.compile(r"\b(?:can't|cannot|cant)\b"), "can not"),
    (re.compile(r"\b(?:won't|wont)\b"), "will not"),
    (re.compile(r"\b(?:don't|dont)\b"), "do not"),
    (re.compile(r"\b([a-z]{2,8})n't\b"), r"\1 not"),
    (re.compile(r"\bn'(?=[a-z])"), "ne "),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"\b(what|who|where|how|that|there|it)'s\b"), r"\1 is"),
    (re.compile(r"'s\b"), ""),
    (re.compile(r"\s*,\s*(?:under any circumstances|at any point|at any time|ever|however|please|of course|whatever happens)\s*,\s*"), " "),
    (re.compile(r"(?<![^.!;\n])(\s?)should (?=(?:a|an|the|any|somebody|someone|anyone|anybody|windows|it|they|he|she|this|that)\b[^?.]*,)"), r"\1if "),
    (re.compile(r"\bwhy (?:not|do not (?:you|we|they|i)|should not (?:you|we))\b"), "would you"),
    (re.compile(r"\ben (?=\w+ (?:het|de|een|daarna|dan|u|op)\b)"), ", "),
    (re.compile(r"\badd-(in|on)(s?)\b"), r"add\1\2"),
    (re.compile(r"\b(i|you|we|they|he|she|it|that|there)'d\b"), r"\1 would"),
    (re.compile(r"\b(i|you|we|they|he|she|it|that|there)'ll\b"), r"\1 will"),
    (re.compile(r"\b(i|you|we|they)'ve\b"), r"\1 have"),
    (re.compile(r"\b(you|we|they)'re\b"), r"\1 are"),
    (re.compile(r"\b(?:do )?(?:anything|everything) but\b"), "avoid"),
    (re.compile(r"\bwhats\b"), "what is"),
    (re.compile(r"\bbe so (?:kind|good) as to\b"), "please"),
    (re.compile(r"\brevert(?= (?:with|back|to us|to me)\b)"), "reply"),
    (re.compile(r"\b(?:before|after) (?:that|this)\b,?|\bdavor\b|\bdanach\b"), " then "),
    (re.compile(r"\b([a-z]):(?=[\\/\s]|$)"), r"\1 drive "),
    (re.compile(r"[.:](?=[^\s.:])"), " "),
    (re.compile(r"['\"`“”„«»‘’*~#]"), " "),
    (re.compile(r"\s+[-–—]+\s+|[()\[\]{}—–→>]"), " , "),
    (re.compile(r"[^a-z0-9\s.!?;:,\n&]+"), " "),
)


def is_readable(text: str) -> bool:
    """False when the text holds words in an alphabet the rules cannot read, or a word spelled out letter by letter."""
    folded = _fold(text)
    if not folded.isascii() and any(_foreign(char) for char in folded):
        return False
    return _SPACED.search(folded) is None


def _foreign(char: str) -> bool:
    return char.isalpha() and ord(char) > 0x24F and not unicodedata.name(char, "").startswith("LATIN")


def readings(text: str) -> tuple[str, ...]:
    """The distinct ways the text can be read: as it stands, with CamelCase split, with digits read as letters."""
    folded = _fold(text)
    forms = (folded, _CAMEL.sub(" ", folded), _MIXED.sub(_unleet, folded))
    return tuple(dict.fromkeys(_flatten(form) for form in dict.fromkeys(forms)))


def plain_reading(text: str) -> str:
    """The text in the rules' spelling, with commands and key combinations as they stand."""
    return _flattened(_fold(text).casefold())


_CAPITAL = re.compile(r"(?<![.!?:;>\n] )(?<![^\s(\"'/])(?<!^)[A-Z][\w'-]*")


def proper_names(text: str) -> frozenset[str]:
    """Words written with a capital inside a sentence, in the rules' spelling; none when everything is capitalised."""
    folded = _fold(text)
    found = _CAPITAL.findall(folded)
    if len(found) > 0.6 * len(folded.split()):
        return frozenset()
    return frozenset(word for name in found for word in re.split(r"[^a-z0-9]+", name.casefold()) if word)


def _unleet(match: re.Match[str]) -> str:
    word = match.group()
    return word if word.isalpha() or not any(char.isalpha() for char in word) else word.translate(_LEET)


@lru_cache(maxsize=8)
def _fold(text: str) -> str:
    """Look-alikes as the letters they stand for, without accents and hidden characters. Plain ASCII is that already."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.replace("¿", "").replace("¡", ""))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"))
    text = text.translate(_LOOK_ALIKES).replace("’", "'").replace("‘", "'").replace("ʼ", "'")
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _flatten(text: str) -> str:
    return _flattened(spoken(text.casefold()))


_SWAPS = swaps(_CONTRACTIONS)


def _flattened(text: str) -> str:
    for swap in _SWAPS:
        text = swap.apply(text)
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r"\bre (?=[a-z]{3,})", "re", text)
    return _JOIN.sub(lambda match: _JOINED[match.group()], text)
