"""Masking of what must not leave: addresses, numbers and secrets in problem, notes and labels.

Pure and linear: every pattern is bounded and none nests repetitions. Names cannot be recognised by pattern; the
values of known fields (customer, company) are passed as ``known``. Masking again changes nothing.
"""

# ruff: noqa: E501 - word lists and patterns are read by the entry, not by the line

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from domain.builder.floor_words import words

EMAIL, PHONE, SECRET, NUMBER, ADDRESS, NAME = "[email]", "[phone]", "[secret]", "[number]", "[address]", "[name]"

_MARKS = frozenset({"email", "phone", "secret", "number", "address", "name"})
_KEYWORD = (
    r"pass ?words?|passwd|pwd|passcodes?|passphrases?|pass ?code|pin(?: code| number)?|secret|tokens?|api[ _-]?keys?|access[ _-]?keys?|"
    r"(?:recovery|backup|bitlocker|activation|product|security|private|license|licence|wifi|wpa2?)[ _-]?keys?|credentials?|"
    r"(?:(?:mfa|2fa|otp|verification|security|auth(?:entication|enticator)?|one[ -]time|sms|login|sign[ -]in|access|recovery|backup|confirmation) )?"
    r"(?:(?<!error )(?<!status )(?<!exit )(?<!stop )(?<!zip )(?<!post )codes?)|otp|passwort|passwörter|kennwort|mot de passe|contraseñas?|clave|"
    r"parola d'ordine|senha|palavra-passe|wachtwoord|hasło|lösenord|mfa|2fa|totp"
)
_LINK = r"(?:\s{0,3}(?:=>|->|[:=–—-])\s{0,3}|\s+(?:(?:is|was|are|ist|war|lautet|est|es|era|è|é|to|now|zu|auf|wurde|currently|still|used to be|today|set|jetzt|of|that i use|i use)\s+){1,3}[:=]?\s{0,2})"
_VALUE = r"(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|`[^`\n]{1,80}`|„[^“”\n]{1,80}[“”]|“[^”\n]{1,80}”|«[^»\n]{1,80}»|\S{1,120})"
_STATUS = words(
    "wrong incorrect expired expiring not no invalid rejected required being accepted correct right still always asked asking the a an too about "
    "never ok okay fine known forgotten lost unknown locked reset changed going set in on to it its that this what why how when where if refused "
    "needed missing empty blank hidden shown visible old new valid working broken saved stored same different denied declined sent received "
    "arriving coming out from for by with and or but my his her their your our all so because since again also just only really please "
    "ignored failing failed unrecognised unrecognized recognised recognized mandatory case-sensitive prompted requested enabled disabled "
    "falsch abgelaufen nicht incorrecte expiré incorrecta scaduta errata expirada verlopen onjuist there here supposed probably maybe "
    "page prompt screen field box window policy manager dialog message error request email mail protected compromised unchanged weak strong long short "
    "me him them us i he she they we you one nothing something anything stuck down up cached synced syncing off typed entered mistyped"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]{1,40}-----[^\0]{1,8000}?-----END [A-Z ]{1,40}-----"), SECRET),
    (re.compile(r"(?<=://)[^\s/@]{1,200}@"), SECRET + "@"),
    (re.compile(r"[^\s@<>()\[\],;:\"']{1,64}\s?@\s?[^\s@<>()\[\],;:\"']{1,120}\.[^\s@<>()\[\],;:\"'.]{2,24}"), EMAIL),
    (re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@[^\s@<>()\[\],;:\"']{1,120}"), EMAIL),
    (re.compile(r"\b[\w.+-]{1,64}\s?[\[(]\s?at\s?[\])]\s?[\w.-]{1,120}", re.IGNORECASE), EMAIL),
    (re.compile(r"\b[\w+-]{1,64}(?:\.[\w+-]{1,40})? at [\w-]{1,60} dot [a-z]{2,10}\b", re.IGNORECASE), EMAIL),
    (re.compile(r"(?<=[?&#])((?:access_)?token|key|code|secret|sig|signature|password|pwd|auth|session|sid|state)=[^\s&#]{1,500}", re.IGNORECASE), r"\1=" + SECRET),
    (re.compile(r"\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,2000}", re.IGNORECASE), SECRET),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,2000}(?:\.[A-Za-z0-9_-]{0,4000}){0,2}"), SECRET),
    (re.compile(r"\b(?:sk|pk|rk|ghp|gho|ghs|ghu|github_pat|glpat|xox[abposr]|hr|AKIA|ASIA|AIza|ya29|npm|pypi|shpat|SG|whsec)[-_.]?(?=[A-Za-z0-9_.-]{0,60}[0-9])[A-Za-z0-9_.-]{12,400}"), SECRET),
    (re.compile(r"\b\d{6}(?:[- ]\d{6}){5,7}\b"), SECRET),
    (re.compile(r"\b(?=[A-Z0-9-]{0,60}\d)[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){3,9}\b"), SECRET),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"), NUMBER),
    (re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)"), ADDRESS),
    (re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){3,7}(?::?[0-9A-Fa-f]{1,4}){1,7}(?![\w:])"), ADDRESS),
    (re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w])"), NUMBER),
)
_AFTER = re.compile(rf"(?<![\w])({_KEYWORD})({_LINK})({_VALUE})", re.IGNORECASE)
_DIRECT = re.compile(rf"(?<![\w])({_KEYWORD})(\s+\(?)((?=[^\s]{{0,80}}[\d!@#$%^&*?_+=])[^\s]{{4,80}})", re.IGNORECASE)
_BEFORE = re.compile(
    rf"({_VALUE})(\s+(?:is|was|ist|est|es|è|é)\s+(?:my|the|his|her|their|your|our|mein|das|mon|mi|la|le|minha)(?:\s+(?:new|old|current|temporary|neue|wifi))?\s+)({_KEYWORD})(?!\w)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.#/\\-])(?:\+|00)?\(?\d[\d ().\-/\u2010-\u2015\u00a0]{5,22}\d(?![\w])")
_DIGITS = re.compile(r"(?<![\w#.\-/])(?<!error )(?<!error code )(?<!event )(?<!event id )(?<!ticket )(?<!kb )\d{3}[ -]?\d{3}(?:\d{1,2})?(?![\w\-/]|\.\d)", re.IGNORECASE)
_DATE = re.compile(r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:[ T]\d{1,2})?$")
_KEPT_BEFORE = re.compile(r"(?:error(?: code)?|event(?: id)?|build|version|ticket|incident|case|kb|\bv)[ :#]{0,2}$", re.IGNORECASE)
_PHRASE = re.compile(r"\b(pass ?phrase|recovery phrase|seed phrase)(\s+(?:is|was|=|:)\s+|\s?[:=]\s?)([^.,;!?\n]{2,120})", re.IGNORECASE)
_TOKEN = re.compile(r"(?<![\w/\\.-])(?=[A-Za-z_\-+/=]{0,200}\d)(?=[\d_\-+/=]{0,200}[A-Za-z])[A-Za-z0-9_\-+/=]{24,500}(?![\w])")


def mask(text: str, known: Iterable[str] = ()) -> str:
    """The text with addresses, numbers, secrets and the ``known`` values replaced by words in brackets.

    The result is NFKC-normalised and holds no control, format or surrogate characters but newlines.
    """
    text = printable(text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    text = _PHRASE.sub(_mask_after, text)
    text = _AFTER.sub(_mask_after, text)
    text = _DIRECT.sub(lambda match: match.group() if match.group(3)[0] == "[" else f"{match[1]}{match[2]}{SECRET}", text)
    text = _BEFORE.sub(_mask_before, text)
    text = _TOKEN.sub(SECRET, text)
    text = _PHONE.sub(_mask_phone, text)
    return _mask_known(_DIGITS.sub(SECRET, text), known)


def _mask_known(text: str, known: Iterable[str]) -> str:
    """Last, so that a name inside an address does not hide the address from its pattern."""
    for value in sorted({printable(item).strip() for item in known if item}, key=len, reverse=True):
        if len(value) > 1 and value.casefold() not in _MARKS:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    return text


def printable(text: str) -> str:
    """NFKC without control, format, surrogate or unassigned characters; newlines stay, other blanks become a space."""
    text = unicodedata.normalize("NFKC", text)
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char == "\n":
            kept.append(char)
        elif category in ("Cc", "Zs", "Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cf", "Cs", "Co", "Cn"):
            kept.append(char)
    return "".join(kept)


def _mask_after(match: re.Match[str]) -> str:
    keyword, link, value = match.groups()
    bare = value.strip("\"'`.,;!?()").casefold()
    if bare.split(" ")[0] in _STATUS or bare.startswith(("[", "0x")) or not bare:
        return match.group()
    if not re.search(r"[=:>]", link) and bare.isalpha() and bare.endswith(("ing", "ed")) and len(bare) > 5:
        return match.group()
    tail = value[len(value.rstrip(".,;!?)")):] if value[:1] not in "\"'`„“«" else ""
    return f"{keyword}{link}{SECRET}{tail}"


def _mask_before(match: re.Match[str]) -> str:
    value, link, keyword = match.groups()
    if value.strip("\"'.,").casefold() in _STATUS or value.startswith("["):
        return match.group()
    return f"{SECRET}{link}{keyword}"


def _mask_phone(match: re.Match[str]) -> str:
    found = match.group()
    if _KEPT_BEFORE.search(match.string[max(0, match.start() - 16):match.start()]):
        return found
    digits = sum(char.isdigit() for char in found)
    return PHONE if 7 <= digits <= 17 and _DATE.match(found) is None else found
