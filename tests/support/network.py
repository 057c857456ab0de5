"""Tests talk to this machine only: any other address is refused before a packet leaves, and the test learns which."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

LOCAL_NAMES = {"", "localhost", "ip6-localhost", "testserver", None, b"localhost"}


class ForbiddenNetwork(OSError):
    """A test reached for the network."""


def is_local(host: Any) -> bool:
    """True for names and addresses of this machine."""
    if host in LOCAL_NAMES:
        return True
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        target = arguments[1]
        if isinstance(target, tuple) and not is_local(target[0]):
            raise ForbiddenNetwork(f"tests may not connect to {target[0]}")
    elif event == "socket.getaddrinfo" and not is_local(arguments[0]):
        raise ForbiddenNetwork(f"tests may not look up {arguments[0]}")


def stay_on_this_machine() -> None:
    """Guard this process, for good: Python's audit hooks cannot be taken back."""
    sys.addaudithook(_watch)
