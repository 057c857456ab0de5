"""A runbook's source made ready: no HTML, and links that stand for themselves. Code is left as it is."""

from __future__ import annotations

import re
from typing import Any, Final

from domain.flow_text import code_lines, is_https, table_blocks

_CODE_SPAN: Final = re.compile(r"(`[^`\n]{1,2000}`)")
_ANCHOR: Final = re.compile(
    r"<a\s[^<>\n]{0,300}?href=[\"'](https://[^\"'\s<>]{1,500})[\"'][^<>\n]{0,200}>([^<>\n\[\]]{1,300})</a>",
    re.IGNORECASE,
)
_BREAK: Final = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
# Elements that people write into Markdown; anything else in angle brackets may be a placeholder, such as <host>.
_TAG: Final = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|caption|center|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|iframe|"
    r"img|ins|kbd|li|mark|ol|p|pre|q|s|samp|script|section|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|"
    r"tfoot|th|thead|tr|tt|u|ul|var|video)(?:\s[^<>]{0,800})?/?>",
    re.IGNORECASE,
)
# Hugo's: a link to another page of the site, and anything else.
_SHORTCODE_LINK: Final = re.compile(r"\[([^\[\]\n]{1,300})\]\(\{\{[<%][^{}\n]{0,300}[>%]\}\}\)")
_SHORTCODE: Final = re.compile(r"\{\{[<%][^{}\n]{0,300}[>%]\}\}")
_REFERENCE: Final = re.compile(r"(?<!\])\[([^\[\]\n]{1,300})\](?:\[([^\[\]\n]{0,200})\])?(?![(:\[])")


def prepared(source: str) -> str:
    """The same text, each run of lines outside of code without comments, HTML elements and link references."""
    code = code_lines(source)
    links = _references(source)
    runs: list[tuple[bool, list[str]]] = []
    for number, line in enumerate(source.split("\n")):
        if not runs or runs[-1][0] is not (number in code):
            runs.append((number in code, []))
        runs[-1][1].append(line)
    return "\n".join("\n".join(lines) if is_code else _plainer("\n".join(lines), links) for is_code, lines in runs)


def _references(source: str) -> dict[str, str]:
    """Address by label, of the definitions at the end of many texts."""
    found: dict[str, Any] = {}
    if "]:" in source:
        table_blocks().parse(source, found)
    links = {label: str(entry.get("href", "")) for label, entry in found.get("references", {}).items()}
    return {label: href for label, href in links.items() if is_https(href)}


def _plainer(text: str, links: dict[str, str]) -> str:
    parts = _CODE_SPAN.split(_without_comments(text))
    return "".join(part if at % 2 else _without_tags(part, links) for at, part in enumerate(parts))


def _without_comments(text: str) -> str:
    kept, rest = [], text
    while (start := rest.find("<!--")) >= 0 and (end := rest.find("-->", start + 4)) >= 0:
        kept.append(rest[:start])
        rest = rest[end + 3 :]
    return "".join([*kept, rest])


def _without_tags(text: str, links: dict[str, str]) -> str:
    if "{{" in text:
        text = _SHORTCODE.sub("", _SHORTCODE_LINK.sub(r"\1", text))
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", _ANCHOR.sub(r"[\2](\1)", text)))
    return _REFERENCE.sub(lambda found: _link(found, links), text) if links else text


def _link(found: re.Match[str], links: dict[str, str]) -> str:
    label = " ".join((found[2] or found[1]).split()).casefold().upper()
    return f"[{found[1]}]({links[label]})" if label in links else found[0]
