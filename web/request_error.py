"""A request that cannot be run, and how its errors are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

from graphql import GraphQLError

_HINT = re.compile(r"\s*Did you mean .*", re.DOTALL)


class RequestError(Exception):
    """``is_graphql``: the HTTP request was well-formed, its document or variables were not.

    Such errors answer 200 to clients that speak ``application/json`` and ``status`` to the others, as GraphQL over
    HTTP wants it; errors of the request itself always answer ``status``.
    """

    def __init__(
        self, message: str, *, status: int = 400, code: str = "BAD_REQUEST", is_graphql: bool = False,
        headers: dict[str, str] | None = None, **extensions: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.is_graphql = is_graphql
        self.headers = headers or {}
        self.errors: list[dict[str, Any]] = [{"message": message, "extensions": {"code": code, **extensions}}]

    @classmethod
    def of(cls, errors: Sequence[GraphQLError]) -> Self:
        """Parse and validation errors: written by graphql-core for the client."""
        made = cls("The document cannot be run.", is_graphql=True)
        made.errors = [
            {
                "message": _HINT.sub("", error.message),
                **({"locations": [place.formatted for place in error.locations]} if error.locations else {}),
                "extensions": {"code": "BAD_REQUEST"},
            }
            for error in errors
        ]
        return made
