"""Checking a token's signature, once for each token and key."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

MAX_KEPT = 2_000
Claims = dict[str, Any]


class BadCredential(Exception):
    """The credential cannot be used. Says nothing about why: that would help to guess."""


class Signatures:
    """Remembers what a key was found to have signed. Whether the key still counts, and the time, are asked each time.

    A key that an issuer withdrew is asked about no more, and what it signed with it. Tokens are kept as hashes.
    """

    def __init__(self, algorithms: list[str]) -> None:
        self._algorithms = algorithms
        self._kept: OrderedDict[tuple[bytes, int], tuple[Any, Claims]] = OrderedDict()

    def claims(self, token: str, key: Any) -> Claims:
        """The claims, when the key signed them. Raises ``BadCredential``."""
        place = (hashlib.sha256(token.encode()).digest(), id(key))
        kept = self._kept.get(place)
        if kept is not None and kept[0] is key:
            self._kept.move_to_end(place)
            return kept[1]
        claims = self._verified(token, key)
        self._kept[place] = (key, claims)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return claims

    def claims_by_any(self, token: str, keys: list[Any]) -> Claims:
        """The claims, when one of the keys signed them. Raises ``BadCredential``."""
        for key in keys:
            with suppress(BadCredential):
                return self.claims(token, key)
        raise BadCredential

    def _verified(self, token: str, key: Any) -> Claims:
        try:
            return dict(jwt.decode(token, key, algorithms=self._algorithms).claims)
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
            raise BadCredential from None
