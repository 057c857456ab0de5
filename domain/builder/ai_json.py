"""Finding the one JSON object in a model's raw answer, however it is wrapped."""

from __future__ import annotations

import json
from typing import Any

from domain.builder.finding import Finding, FindingCode

MAX_RAW_CHARS = 20_000
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
    if data is None:
        return Finding(FindingCode.NOT_JSON, "The answer was not valid JSON. " + _SHAPE_HINT)
    if not isinstance(data, dict):
        return Finding(FindingCode.WRONG_SHAPE, "The answer was not a JSON object. " + _SHAPE_HINT)
    return _unwrap(data)


def _decode(raw: str) -> Any:
    text = raw.strip().lstrip("\ufeff")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        start = text.find("{")
    if start < 0:
        return None
    try:
        return json.JSONDecoder(parse_constant=lambda _: None).raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _unwrap(data: dict[str, Any]) -> dict[str, Any]:
    """``{"node": {…}}`` is a habit of small models."""
    if len(data) == 1:
        (inner,) = data.values()
        if isinstance(inner, dict):
            return inner
    return data
