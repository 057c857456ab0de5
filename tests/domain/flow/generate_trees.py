"""Generated flow trees for property tests: any shape the parser accepts, sane or not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain.flow_node import REASON_CATEGORIES, Branch, FlowNode, InputType, NodeKind, Option
from domain.flow_tree import FlowTree

# Everything PostgreSQL can store, with the characters that break Markdown, Mermaid and XML drawn often.
CHARACTERS = st.one_of(
    st.sampled_from("ab 1#*-_`[](){}<>|\"'\\/:;&!?.,=~^$%@+\n\t—é漢😀\u202e\u200b"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=40).filter(lambda text: text.strip() != "")
OPTIONAL_TEXTS = st.none() | TEXTS
IDS = st.text(st.sampled_from("abcXYZ019-_.:é漢\"'<>[]{}|# "), min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)
FACTS = st.sampled_from(["printer_model", "site", "count", "tags", "_x9"])
EXPRESSIONS = st.sampled_from(['site == "hq"', "count > 3 and count <= 10", '"vip" in tags', "not (count == 1)", "a b"])


@st.composite
def options(draw: st.DrawFn, ids: list[str], least: int = 0) -> tuple[Option, ...]:
    values = draw(st.lists(IDS, min_size=least, max_size=4, unique=True))
    labels = draw(
        st.lists(TEXTS, min_size=len(values), max_size=len(values), unique_by=lambda text: text.strip().casefold())
    )
    targets = draw(st.lists(st.none() | st.sampled_from(ids), min_size=len(values), max_size=len(values)))
    return tuple(Option(value, label, target) for value, label, target in zip(values, labels, targets, strict=True))


@st.composite
def nodes(draw: st.DrawFn, node_id: str, ids: list[str]) -> FlowNode:
    """One node of any kind with any of the fields filled, the ones its kind does not use included."""
    target = st.none() | st.sampled_from(ids)
    branches = st.lists(st.builds(Branch, EXPRESSIONS, st.sampled_from(ids), OPTIONAL_TEXTS), max_size=3)
    fields: dict[str, Any] = {
        "kind": draw(st.sampled_from(list(NodeKind))),
        "text": draw(TEXTS),
        "detail": draw(OPTIONAL_TEXTS),
        "how_to": draw(OPTIONAL_TEXTS),
        "options": draw(options(ids)),
        "next_node_id": draw(target),
        "acknowledge_label": draw(OPTIONAL_TEXTS),
        "suggested_resolution": draw(OPTIONAL_TEXTS),
        "reason_category": draw(st.none() | st.sampled_from(sorted(REASON_CATEGORIES))),
        "needs_review": draw(st.booleans()),
        "fact": draw(st.none() | FACTS),
        "input_type": draw(st.none() | st.sampled_from(list(InputType))),
        "unit": draw(OPTIONAL_TEXTS),
        "is_required": draw(st.booleans()),
        "branches": tuple(draw(branches)),
        "sub_flow_id": draw(st.none() | IDS),
        "action": draw(OPTIONAL_TEXTS),
    }
    return FlowNode(node_id=node_id, **fields)


@st.composite
def trees(draw: st.DrawFn, max_nodes: int = 6) -> FlowTree:
    ids = draw(st.lists(IDS, min_size=1, max_size=max_nodes, unique=True))
    return FlowTree(draw(st.sampled_from(ids)), tuple(draw(nodes(node_id, ids)) for node_id in ids))
