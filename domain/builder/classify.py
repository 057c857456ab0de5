"""Which of the ten categories a problem belongs to: the model's answer read strictly, and a classifier without one."""

# ruff: noqa: E501 - word lists and patterns are read by the entry, not by the line

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.builder.ai_json import object_of
from domain.builder.categories import BY_KEY, DEFAULT_CATEGORIES
from domain.builder.finding import Finding, FindingCode
from domain.builder.floor_reading import plain_reading
from domain.builder.floor_words import words

UNKNOWN = "unknown"
_MIN_WEIGHT = 2.0  # one word that names the category, or two that hint at it
_MIN_MARGIN = 0.8  # and clearly more than the next category has


class ClassifiedBy(StrEnum):
    MODEL = "model"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Classification:
    """``category`` is None for *unknown*, which is an answer and not a failure."""

    category: str | None
    by: ClassifiedBy


def parse_category(raw: str | None, finish_reason: str | None = None) -> Classification | Finding:
    """The model's category, or the finding that sends the caller to ``classify_by_words``. Never raises."""
    data = object_of(raw, finish_reason)
    if isinstance(data, Finding):
        bare = (raw or "").strip().strip("`\"'. ").lower()  # the key alone: a habit of small models
        return _named(bare) if bare in (*BY_KEY, UNKNOWN) else data
    key = data.get("category")
    if isinstance(key, str) and key.strip().lower() in (*BY_KEY, UNKNOWN):
        return _named(key.strip().lower())
    return Finding(FindingCode.WRONG_SHAPE, "category must be one of the listed keys.", "category")


def _named(key: str) -> Classification:
    return Classification(None if key == UNKNOWN else key, ClassifiedBy.MODEL)


# Words that name their category weigh 2; those that only hint weigh 1; words of everyday talk weigh less still.
_NAMING = words(
    "printer printing printers toner outlook vpn wifi wireless teams zoom webex microphone webcam headset browser chrome firefox safari cache cookies "
    "mouse keyboard monitor touchpad bluetooth hdmi displayport lockout anyconnect globalprotect forticlient openvpn wireguard reboot scanner mailbox "
    "password passcode inbox outbox"
) | {
    "locked out",
    "account locked",
    "docking station",
    "windows update",
    "print queue",
    "print job",
    "blue screen",
    "too many attempts",
    "second screen",
    "access point",
    "vpn client",
    "no internet",
    "forgot password",
    "work offline",
    "airplane mode",
    "cannot sign in",
    "cannot log in",
    "not accepted",
    "new password",
}
_WEAK = words(
    "page tab site call message pin screen signal stuck slow startup display send receive sound network update updates restart meeting video cable mail "
    "loading calendar expired credentials edge scan paper ink tray offline blocked unlock hear echo crash usb dock"
)
_EXTRA: dict[str, tuple[str, ...]] = {
    "account_lockout": (
        "account is locked",
        "account got locked",
        "account has been locked",
        "locked me out",
        "locked my account",
        "account was locked",
        "unlock my account",
        "unlock account",
        "account is disabled",
        "account blocked",
    ),
    "password_reset": (
        "forgot my password",
        "reset my password",
        "password expired",
        "password has expired",
        "change my password",
        "password does not work",
    ),
    "os_restart_update": (
        "keeps restarting",
        "very slow",
        "computer is slow",
        "laptop is slow",
        "computer froze",
        "is frozen",
        "will not start",
        "not turning on",
        "pending update",
    ),
    "printer": ("does not print", "will not print", "can not print", "paper jam", "printouts", "prints"),
    "wifi_network_basics": ("no network", "internet is down", "lost internet", "internet connection", "ethernet"),
    "teams_zoom_av": ("can not hear", "no sound", "no audio", "my camera"),
    "outlook_client": (
        "mail does not send",
        "mails do not",
        "not receiving emails",
        "email",
        "emails",
        "shared mailbox",
    ),
    "browser_cache_cookies": ("web page", "website", "webpage"),
}
_DECISIVE = {
    "account_lockout": (
        "account locked",
        "locked out",
        "lockout",
        "account is locked",
        "too many attempts",
        "account got locked",
        "account has been locked",
        "account was locked",
        "locked my account",
        "unlock my account",
    ),
    "vpn_connect": ("vpn",),
    "printer": ("printer",),
    "outlook_client": ("outlook",),
}


def _weight(word: str) -> float:
    if word in _NAMING or " " in word:
        return 2.0
    return 0.6 if word in _WEAK else 1.0


_LEXICON: tuple[tuple[str, tuple[tuple[re.Pattern[str], float], ...]], ...] = tuple(
    (
        category.key,
        tuple(
            (
                re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"),
                _weight(word) + (1.0 if word in _DECISIVE.get(category.key, ()) else 0.0),
            )
            for word in dict.fromkeys((*category.words, *_EXTRA.get(category.key, ())))
        ),
    )
    for category in DEFAULT_CATEGORIES
)


def scores(problem: str) -> dict[str, float]:
    """Weight of evidence for each category; words that are part of a found phrase do not count twice."""
    text = plain_reading(problem[:4_000]) if problem.strip() else ""
    return {key: _score(text, lexicon) for key, lexicon in _LEXICON}


def _score(text: str, lexicon: tuple[tuple[re.Pattern[str], float], ...]) -> float:
    spans: list[tuple[int, int]] = []
    total = 0.0
    for pattern, weight in sorted(lexicon, key=lambda item: -len(item[0].pattern)):
        match = pattern.search(text)
        if match and not any(start <= match.start() and match.end() <= end for start, end in spans):
            spans.append(match.span())
            total += weight
    return total


def classify_by_words(problem: str) -> Classification:
    """The category with clearly the most evidence, else unknown; a lone everyday word is never enough."""
    ranked = sorted(scores(problem).items(), key=lambda item: -item[1])
    (best, weight), (_, next_weight) = ranked[0], ranked[1]
    is_clear = weight >= _MIN_WEIGHT and weight - next_weight >= _MIN_MARGIN
    return Classification(best if is_clear else None, ClassifiedBy.WORDS)
