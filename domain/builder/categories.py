"""The categories an account may enable for AI-built walks, and the hard floor's classes, which nobody can."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.builder.floor_words import words
from domain.refusal import Code, Refusal


@dataclass(frozen=True, slots=True)
class Category:
    """``words`` describe the category to the lexical classifier and, in a prompt, to the model."""

    key: str
    label: str
    words: tuple[str, ...]


class FloorClass(StrEnum):
    """The eleven classes of action that no setting, role or model can allow in an AI-built walk."""

    REGISTRY = "registry"
    SYSTEM_FILES = "system_files"
    DATA_DELETION = "data_deletion"
    CREDENTIALS = "credentials"
    SECURITY = "security"
    ELEVATED_SCRIPTS = "elevated_scripts"
    NETWORK_CORE = "network_core"
    SERVER_CONFIG = "server_config"
    BILLING_LICENCE = "billing_licence"
    SECRETS_IDENTITY = "secrets_identity"
    SOFTWARE = "software"


DEFAULT_CATEGORIES: tuple[Category, ...] = (
    Category("password_reset", "Password reset", (
        "password", "forgot", "forgotten", "expired", "passcode", "pin", "credentials", "new password",
        "wrong password", "incorrect password", "password not accepted", "password rejected")),
    Category("account_lockout", "Account lockout", (
        "locked", "lockout", "locked out", "account locked", "too many attempts", "blocked account",
        "account disabled", "cannot sign in", "cannot log in", "unlock")),
    Category("printer", "Printer", (
        "printer", "print", "printing", "prints", "paper", "jam", "toner", "ink", "scanner", "scan", "print queue",
        "print job", "tray", "cartridge")),
    Category("outlook_client", "Outlook on the computer", (
        "outlook", "email", "mail", "mailbox", "inbox", "calendar", "send", "receive", "attachment", "outbox",
        "work offline", "message", "signature", "emails")),
    Category("wifi_network_basics", "Wi-Fi and network basics", (
        "wifi", "wireless", "internet", "network", "signal", "router", "ethernet", "no connection", "offline",
        "lan", "hotspot", "airplane mode", "access point", "no internet")),
    Category("vpn_connect", "VPN connection", (
        "vpn", "tunnel", "remote access", "anyconnect", "globalprotect", "forticlient", "vpn client", "home office",
        "openvpn", "wireguard")),
    Category("teams_zoom_av", "Audio and video in Teams or Zoom", (
        "teams", "zoom", "microphone", "camera", "headset", "speaker", "audio", "video", "mic", "webcam", "sound",
        "meeting", "call", "hear", "echo", "muted", "webex")),
    Category("browser_cache_cookies", "Browser, cache and cookies", (
        "browser", "chrome", "edge", "firefox", "safari", "cache", "cookies", "website", "web page", "page", "tab",
        "site", "loading", "pop up", "bookmark")),
    Category("peripheral_reconnect", "Reconnecting peripherals", (
        "mouse", "keyboard", "monitor", "dock", "docking station", "usb", "display", "bluetooth", "cable", "screen",
        "second screen", "hdmi", "touchpad", "peripheral", "displayport")),
    Category("os_restart_update", "Restart and offered updates", (
        "restart", "reboot", "slow", "frozen", "freezes", "windows update", "update", "updates", "hangs", "stuck",
        "crash", "blue screen", "shut down", "startup", "sluggish", "unresponsive")),
)
DEFAULT_CATEGORY_KEYS: tuple[str, ...] = tuple(category.key for category in DEFAULT_CATEGORIES)
BY_KEY: dict[str, Category] = {category.key: category for category in DEFAULT_CATEGORIES}
FLOOR_KEYS: tuple[str, ...] = tuple(FloorClass)

# The floor's classes are refused under the names people would try, not under our spelling alone.
_FLOOR_WORDS = words(
    "registry regedit bios boot system_file deletion delete wipe format credential credentials mfa 2fa firewall "
    "antivirus security script scripts powershell admin administrator elevated dns dhcp domain server servers "
    "production billing licence license licensing secret secrets identity software install installation "
    "remote_control download"
)


def is_hard_floor(key: str) -> bool:
    """True for a floor class, also when it is spelled another way (``Registry-Edits``, ``dns_changes``)."""
    slug = re.sub(r"[^a-z0-9]+", "_", key.casefold()).strip("_")
    if slug in FLOOR_KEYS:
        return True
    if slug in BY_KEY:
        return False
    return any(word in _FLOOR_WORDS for word in slug.split("_")) or any(
        pair in slug for pair in ("system_file", "remote_control")
    )


def validate_categories(keys: Iterable[str]) -> tuple[tuple[str, ...], tuple[Refusal, ...]]:
    """The distinct keys in the default order, or the refusals, one for each key that cannot be enabled.

    A key is refused by name (``UNKNOWN_CATEGORY``, ``HARD_FLOOR_CATEGORY``), never dropped; with any refusal
    nothing may be stored.
    """
    given = list(keys)
    refusals = tuple(
        refusal for index, key in enumerate(given) if (refusal := _refuse(key, index)) is not None
    )
    if refusals:
        return (), refusals
    return tuple(key for key in DEFAULT_CATEGORY_KEYS if key in given), ()


def _refuse(key: str, index: int) -> Refusal | None:
    path = ("enabled", str(index))
    if key in BY_KEY:
        return None
    shown = key[:60].encode("utf-8", "replace").decode("utf-8")
    if is_hard_floor(key):
        return Refusal(
            Code.HARD_FLOOR_CATEGORY, f'"{shown}" belongs to the hard floor and can never be enabled; remove it.', path
        )
    known = ", ".join(DEFAULT_CATEGORY_KEYS)
    return Refusal(Code.UNKNOWN_CATEGORY, f'"{shown}" is not a category; use one of: {known}.', path)
