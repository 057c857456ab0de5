"""The one way in: format and content to flows and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from domain.flow_finding import Finding, FindingCode, Severity
from domain.flow_import.content import checked
from domain.flow_import.dmn import read_dmn
from domain.flow_import.graph_json import read_graph
from domain.flow_import.handrail_json import read_handrail
from domain.flow_import.markdown import read_markdown
from domain.flow_import.packed import unpacked
from domain.flow_import.result import FlowFormat, ImportRefused, ImportResult

Reader = Callable[[str, str | None], ImportResult]

_READERS: Mapping[FlowFormat, Reader] = {
    FlowFormat.HANDRAIL_JSON: read_handrail,
    FlowFormat.MARKDOWN: read_markdown,
    FlowFormat.TASK_GRAPH: read_graph,
    FlowFormat.DAG: read_graph,
    FlowFormat.DMN: read_dmn,
}


def import_flows(
    flow_format: FlowFormat, content: str, title: str | None = None, *, is_packed: bool = False
) -> ImportResult:
    """Read every flow in ``content`` (at most 1 MB of text, unpacked first when it ``is_packed``).

    Never raises for content, however hostile; what is wrong with it is a finding. ``title`` names the flow when there
    is one, and is put before the flows' own names when there are several. The trees are within the limits of
    ``parse_tree``; whether they are good flows is for ``lint_tree`` to say.
    """
    try:
        return _READERS[FlowFormat(flow_format)](checked(unpacked(content) if is_packed else content), title)
    except ImportRefused as refused:
        return ImportResult((), (refused.finding,))
    except (RecursionError, MemoryError, OverflowError) as error:  # a limit that was not foreseen is still an answer
        message = f"The content is too complex to be read ({type(error).__name__})."
        return ImportResult((), (Finding(FindingCode.TOO_LARGE, Severity.ERROR, message),))
