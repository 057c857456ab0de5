"""Finding the one JSON object in a model's raw answer, however it is wrapped."""

from __future__ import annotations

import json
import re
from typing import Any

from domain.builder.finding import Finding, FindingCode

MAX_RAW_CHARS = 20_000
_OPENING = re.compile(r'\{\s{0,200}"')  # of an object; braces in the prose before it hold no key
_SHAPE_HINT = "Answer with exactly one JSON object of the given schema and nothing else."


def object_of(raw: str | None, finish_reason: str | None = None) -> dict[str, Any] | Finding:
    """The answer's JSON object (code fences and prose around it are tolerated), or why there is none. Never raises."""
    if raw is None or not raw.strip():
        return Finding(FindingCode.EMPTY, "The answer was empty. " + _SHAPE_HINT)
    if finish_reason == "length":
        return Finding(FindingCode.TRUNCATED, "The answer was cut off. Answer with a shorter JSON object.")
    if len(raw) > MAX_RAW_CHARS:
        return Finding(FindingCode.TOO_LARGE, "The answer was far too long. Answer with one short JSON object.")
    data = _decode(raw)
    if isinstance(data, str):  # the object, written as a string
        data = _decode(data)
    if data is None:
        return Finding(FindingCode.NOT_JSON, "The answer was not valid JSON. " + _SHAPE_HINT)
    if not isinstance(data, dict):
        return Finding(FindingCode.WRONG_SHAPE, "The answer was not a JSON object. " + _SHAPE_HINT)
    return _unwrap(data)


def _decode(raw: str) -> Any:
    """The value, line breaks inside its strings tolerated; None when there is none."""
    text = raw.strip().lstrip("\ufeff")
    decoder = json.JSONDecoder(parse_constant=lambda _: None, strict=False)
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError):
        opening = _OPENING.search(text)
    if opening is None:
        return None
    try:
        return decoder.raw_decode(text, opening.start())[0]
    except (ValueError, RecursionError):
        return None


def _unwrap(data: dict[str, Any]) -> dict[str, Any]:
    """``{"node": {…}}`` is a habit of small models."""
    if len(data) == 1:
        (inner,) = data.values()
        if isinstance(inner, dict):
            return inner
    return data
