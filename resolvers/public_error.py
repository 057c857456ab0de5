"""Faults a client may see at the top level, by code. Everything else is masked."""

from __future__ import annotations

from typing import Any


class PublicError(Exception):
    """``code`` goes to ``extensions.code``; ``message`` is written for the client and holds no internals."""

    def __init__(self, code: str, message: str, **extensions: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions = {"code": code, **extensions}


def forbidden(what: str) -> PublicError:
    """A query field the caller has no right to."""
    return PublicError("FORBIDDEN", f"Your role does not allow reading {what}. Ask an admin of your account.")
