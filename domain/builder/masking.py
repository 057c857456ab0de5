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
    r"pass ?words?|passwd|passwrd|pwd|pw|pass|passcodes?|passphrases?|pass ?code|pin(?: code| number)?|secret|tokens?|api[ _-]?keys?|access[ _-]?keys?|"
    r"(?:recovery|backup|bitlocker|activation|product|security|private|license|licence|wifi|wpa2?)[ _-]?keys?|credentials?|"
    r"(?:(?:mfa|2fa|otp|verification|security|auth(?:entication|enticator)?|one[ -]time|sms|login|sign[ -]in|access|recovery|backup|confirmation) )?"
    r"(?:(?<!error )(?<!status )(?<!exit )(?<!stop )(?<!zip )(?<!post )codes?)|otp|passwort|passwörter|kennwort|mot de passe|contraseñas?|clave|"
    r"parola d'ordine|parola|senha|palavra-passe|wachtwoord|hasło|hasla|lösenord|adgangskode|kodeord|passord|salasana|heslo|jelszó|şifre|sifre|"
    r"mdp|zugangscode|пароль|пин-?код|код доступа|κωδικός|κωδικό|mfa|2fa|totp"
)
_PAPERS = (
    r"passport|ausweis(?:nummer)?|personalausweis|id card|driver'?s licen[cs]e|ssn|social security|sozialversicherungsnummer|steuer-?id|tax id|"
    r"national insurance|nhs|dni|nif|bsn|cpf|codice fiscale|pesel|aadhaar"
)
_RUN_ON = "密码|密碼|口令|暗証番号|パスワード|비밀번호|암호|验证码|驗證碼|認証コード|รหัสผ่าน"  # written without blanks
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
    (re.compile(r"\b(?:(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)[-_]|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|shpat_|whsec_|npm_|pypi-)[A-Za-z0-9_.-]{12,400}", re.IGNORECASE), SECRET),
    (re.compile(r"\b(?:sk|pk|rk|ghp|gho|ghs|ghu|github_pat|glpat|xox[abposr]|hr|AKIA|ASIA|AIza|ya29|npm|pypi|shpat|SG|whsec)[-_.]?(?=[A-Za-z0-9_.-]{0,60}[0-9])[A-Za-z0-9_.-]{12,400}"), SECRET),
    (re.compile(r"\b\d{6}(?:[- ]\d{6}){5,7}\b"), SECRET),
    (re.compile(r"\b(?=[A-Z0-9-]{0,60}\d)[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){3,9}\b"), SECRET),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"), NUMBER),
    (re.compile(r"\b[A-Z]{2}\d{2} ?(?:[A-Z]{4} ?)?(?:\d{4} ?){2,6}[A-Z0-9]{0,4}\b", re.IGNORECASE), NUMBER),
    (re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)"), ADDRESS),
    (re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){3,7}(?::?[0-9A-Fa-f]{1,4}){1,7}(?![\w:])"), ADDRESS),
    (re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:]{0,36}::)(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])"), ADDRESS),
    (re.compile(r"(?<![\w-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![\w-])|(?<![\w.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![\w.])"), ADDRESS),
    (re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w])"), NUMBER),
    (re.compile(r"\b(cvv2?|cvc2?|csc)\b(\W{1,3}(?:is\s|ist\s)?)\d{3,4}\b", re.IGNORECASE), r"\1\2" + NUMBER),
    (re.compile(rf"(?<!\w)({_PAPERS})((?:\s+(?:no|nr|number|nummer|is|ist|card)\b\.?){{0,3}}\s{{0,2}}[:=#]?\s{{0,2}})(?=(?:[A-Z0-9./ -]{{0,6}}\d){{5}})[A-Z0-9][A-Z0-9./ -]{{4,28}}[A-Z0-9]", re.IGNORECASE), r"\1\2" + NUMBER),
    (re.compile(r"\b([A-Za-z_][\w-]{0,40}?(?:key|secret|token|passw(?:or)?d|pwd|pass))(\s{0,2}=\s{0,2})[^\s;,&\[]{4,400}", re.IGNORECASE), r"\1\2" + SECRET),
    (re.compile(r"\b(login|log-?in|credentials?|zugangsdaten|anmeldedaten|identifiants?)(\s{0,2}[:=]\s{0,2}\S{1,80}\s{0,2}[/|,;]\s{0,2})(?![\[])\S{3,80}", re.IGNORECASE), r"\1\2" + SECRET),
    (re.compile(r"(/u(?:ser)?:\S{1,80}\s{1,3})(?!/)[^\s\[]{4,80}", re.IGNORECASE), r"\1" + SECRET),
    (re.compile(r"(?<=\s)(-p|--password[= ])(?=\S{0,40}\d)[^\s\[]{5,80}"), r"\1" + SECRET),
    (re.compile(rf"({_RUN_ON})(\s{{0,2}}(?:[:=]|是|为|為|は|が|는|은|이|가)?\s{{0,2}})[!-Z\\^-~]{{3,80}}"), r"\1\2" + SECRET),
)
_AFTER = re.compile(rf"(?<![^\W_])({_KEYWORD})({_LINK})({_VALUE})", re.IGNORECASE)
_DIRECT = re.compile(rf"(?<![\w])({_KEYWORD})(\s+\(?)((?=[^\s]{{0,80}}[\d!@#$%^&*?_+=])[^\s]{{4,80}})", re.IGNORECASE)
# "the password I set for her was …", "her code from the text message is …": words between, and a value that is no word
_LOOSE = re.compile(
    rf"(?<![^\W_])({_KEYWORD})((?:\s+[^\W\d_]{{1,14}}){{1,6}}\s+(?:is|was|to|ist|war|lautet|auf|est|es|è|é|jest)\s*:?\s+)((?!0x)(?=\S{{0,40}}\d)[^\s\[]{{4,80}})",
    re.IGNORECASE,
)
_IN_PAIRS = re.compile(r"(?<!\w)(codes?|pins?|otp|tan|mfa|2fa)(\W{1,3}(?:(?:is|was|ist|lautet)\s+)?)\d{2}(?:[ -]\d{2}){1,4}(?!\d)", re.IGNORECASE)
_BEFORE = re.compile(
    rf"({_VALUE})(\s+(?:is|was|ist|est|es|è|é)\s+(?:my|the|his|her|their|your|our|mein|das|mon|mi|la|le|minha)(?:\s+(?:new|old|current|temporary|neue|wifi))?\s+)({_KEYWORD})(?!\w)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.#/\\-])(?:\+|00)?\(?\d[\d ().\-/\u2010-\u2015\u00a0]{5,22}\d(?![\w])")
_DIGITS = re.compile(r"(?<![\w#.\-/])(?<!error )(?<!error code )(?<!event )(?<!event id )(?<!ticket )(?<!kb )\d{3}[ -]?\d{3}(?:\d{1,2})?(?![\w\-/]|\.\d)", re.IGNORECASE)
_DATE = re.compile(r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:[ T]\d{1,2})?$")
_KEPT_BEFORE = re.compile(r"(?:error(?: code)?|event(?: id)?|build|version|ticket|incident|case|kb|\bv)[ :#]{0,2}$", re.IGNORECASE)
_QUOTES = "\"'`„“«"
_VERSION = re.compile(r"^\d{1,2}\.\d{1,2}\.\d{1,5}\.\d{1,5}$")
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
    text = _LOOSE.sub(lambda match: f"{match[1]}{match[2]}{SECRET}", text)
    text = _IN_PAIRS.sub(lambda match: f"{match[1]}{match[2]}{SECRET}", text)
    text = _DIRECT.sub(lambda match: match.group() if match.group(3)[0] == "[" else f"{match[1]}{match[2]}{SECRET}", text)
    text = _BEFORE.sub(_mask_before, text)
    text = _TOKEN.sub(SECRET, text)
    text = _PHONE.sub(_mask_phone, text)
    return _mask_known(_DIGITS.sub(SECRET, text), known)


def _mask_known(text: str, known: Iterable[str]) -> str:
    """Last, so that a name inside an address does not hide the address from its pattern."""
    for value in sorted({printable(item).strip() for item in known if item}, key=len, reverse=True):
        if len(value) > 1 and value.casefold() not in _MARKS:
            before = "" if _runs_on(value[0]) else r"(?<!\w)"
            after = "" if _runs_on(value[-1]) else r"(?:e?s)?(?!\w)"  # a genitive is written on in several languages
            text = re.sub(f"{before}{re.escape(value)}{after}", NAME, text, flags=re.IGNORECASE)
    return text


def _runs_on(char: str) -> bool:
    """A letter of a script that is written without blanks, or with endings written on to names."""
    return unicodedata.name(char, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI"))


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
    bare = value.strip("\"'`.,;!?()„“”«»").casefold()
    if bare in _STATUS or (value[0] not in _QUOTES and bare.split(" ")[0] in _STATUS) or bare.startswith(("[", "0x")) or not bare:
        return match.group()
    if not re.search(r"[=:>]", link) and bare.isalpha() and bare.endswith(("ing", "ed")) and len(bare) > 5:
        return match.group()
    tail = value[len(value.rstrip(".,;!?)")):] if value[0] not in _QUOTES else ""
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
    if _VERSION.match(found) and {len(group) for group in found.split(".")} != {2}:
        return found
    digits = sum(char.isdigit() for char in found)
    return PHONE if 7 <= digits <= 17 and _DATE.match(found) is None else found
