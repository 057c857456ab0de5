"""XML without a document type, entities of its own, or endless depth: what an import may parse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from domain.flow_finding import FindingCode
from domain.flow_import.result import ImportRefused
from domain.flow_node import MAX_JSON_DEPTH

_MAX_ELEMENTS: Final = 50_000


@dataclass(slots=True)
class Element:
    """``name`` is without its namespace, ``text`` without the children's."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts).strip()

    def all(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Element | None:
        return next((child for child in self.children if child.name == name), None)

    def text_of(self, *path: str) -> str:
        """The text of the first element down ``path``, empty when there is none."""
        element: Element | None = self
        for name in path:
            element = element.first(name) if element else None
        return element.text if element else ""


class _Builder:
    def __init__(self) -> None:
        self.top = Element("", {})
        self.open = [self.top]
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) > MAX_JSON_DEPTH or self.count > _MAX_ELEMENTS:
            raise ImportRefused(FindingCode.TOO_LARGE, "The XML nests too deep or has too many elements.")
        element = Element(name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()})
        self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        self.open[-1].texts.append(text)

    def refuse(self, *_what: object) -> None:
        message = "The XML declares a document type or entities, which are not read."
        raise ImportRefused(FindingCode.INVALID_CONTENT, message, "Remove the DOCTYPE.")

    def refuse_entity(self, *what: object) -> int:
        self.refuse(*what)
        return 0


def read_xml(content: str) -> Element:
    """The root element; raises ``ImportRefused``."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.ExternalEntityRefHandler = builder.refuse_entity
    try:
        parser.Parse(_without_encoding(content).encode(), True)
    except expat.ExpatError as error:
        raise ImportRefused(FindingCode.INVALID_CONTENT, f"The content is not XML: {str(error)[:200]}.") from error
    return builder.top.children[0]


def _without_encoding(content: str) -> str:
    """The text is decoded already, so a declared encoding would be wrong."""
    text = content.lstrip()
    if text.startswith("<?xml"):
        return text.partition("?>")[2]
    return text
