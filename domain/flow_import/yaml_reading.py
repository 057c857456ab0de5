"""YAML as another spelling of JSON: no anchors, aliases or tags, and nothing that JSON has no word for."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

import yaml

from domain.flow_finding import FindingCode
from domain.flow_import.result import ImportRefused
from domain.flow_node import MAX_JSON_DEPTH

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C when the wheel brings it
_STARTS: Final = (yaml.events.MappingStartEvent, yaml.events.SequenceStartEvent)
_ENDS: Final = (yaml.events.MappingEndEvent, yaml.events.SequenceEndEvent)
_WORDS: Final = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")),
    ("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,17})$"), list("-0123456789")),
    ("tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}$"), list("-0123456789")),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]),
)


class _JsonLikeLoader(_LOADER):  # type: ignore[misc]
    """``yes`` and ``2026-01-01`` stay texts; numbers are JSON's."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _form, _first in _WORDS:
    _JsonLikeLoader.add_implicit_resolver(_tag, _form, _first)


def read_yaml(content: str) -> Any:
    """The value of one YAML document; raises ``ImportRefused``. Content is within the import's limit already."""
    try:
        _check(content)
        return _with_text_keys(yaml.load(content, Loader=_JsonLikeLoader))  # noqa: S506 - a SafeLoader with less
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = f"The content is not plain YAML: {' '.join(str(error).split())[:200]}."
        raise ImportRefused(FindingCode.INVALID_CONTENT, message) from error


def _check(content: str) -> None:
    """Looks at the events before anything is built: an alias can make a small text an endless one."""
    depth = 0
    for event in yaml.parse(content, Loader=_LOADER):
        if isinstance(event, yaml.events.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.YAMLError("anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            raise yaml.YAMLError("tags are not allowed")
        depth += isinstance(event, _STARTS) - isinstance(event, _ENDS)
        if depth > MAX_JSON_DEPTH:
            raise ImportRefused(FindingCode.TOO_LARGE, f"The YAML nests deeper than {MAX_JSON_DEPTH}.")


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key if isinstance(key, str) else str(key): _with_text_keys(item) for key, item in value.items()}
