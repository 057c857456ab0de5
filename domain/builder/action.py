"""The first gate: the actions an AI-built node may name. What is not listed is refused (design, section 6)."""

from __future__ import annotations

from enum import StrEnum


class NodeAction(StrEnum):
    OBSERVE = "observe"
    ASK = "ask"
    RESTART = "restart"
    RECONNECT = "reconnect"
    TOGGLE_USER_SETTING = "toggle_user_setting"
    REENTER_KNOWN_CREDENTIAL = "reenter_known_credential"
    CLEAR_BROWSER_DATA = "clear_browser_data"
    INSTALL_OFFERED_UPDATE = "install_offered_update"


ACTION_NAMES = tuple(action.name for action in NodeAction)


def parse_action(name: object) -> NodeAction | None:
    """The allowed action of that name (case and ``-``/blank for ``_`` do not matter), or None when it is refused."""
    if not isinstance(name, str) or len(name) > 60:
        return None
    key = name.strip().upper().replace("-", "_").replace(" ", "_")
    return NodeAction.__members__.get(key)
