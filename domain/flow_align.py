"""Which nodes of a walked tree are already in a flow: by their texts, and by the way that leads to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from domain.flow_tree import TERMINAL_KINDS, Edge, FlowNode, FlowTree, edges_of

SAME_TEXT = 0.6  # similarity from which two nodes on the same way are taken for one
SAME_LABEL = 0.8
_START = 0.7  # similarity from which a walk is taken to begin at a node that is not the flow's first
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where the walk left the flow. ``edge`` is the flow's own way for that answer, None when it has no such answer."""

    at_node_id: str
    edge: Edge | None
    walked_edge: Edge


@dataclass(frozen=True, slots=True)
class Alignment:
    """``pairs``: walked node id → flow node id. ``score``: share of the walked tree's written nodes that are paired."""

    pairs: dict[str, str]
    divergences: tuple[Divergence, ...]
    score: float


def similarity(left: str, right: str) -> float:
    """How alike two texts are, 0 to 1: the mean of the overlaps of their words and of their letter triples."""
    if left == right:
        return 1.0
    one, two = _features(left), _features(right)
    return (_overlap(one[0], two[0]) + _overlap(one[1], two[1])) / 2


@lru_cache(maxsize=8_192)
def _features(text: str) -> tuple[frozenset[str], frozenset[str]]:
    words = _WORD.findall(text.casefold())[:400]
    joined = " ".join(words)
    return frozenset(words), frozenset(joined[start : start + 3] for start in range(max(1, len(joined) - 2)))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def tree_similarity(left: FlowTree, right: FlowTree) -> float:
    """How alike two trees are as a whole, 0 to 1; cheap enough to compare a proposal with every flow."""
    texts = [" ".join(node.text for node in tree.nodes if not node.needs_review) for tree in (left, right)]
    return similarity(texts[0], texts[1])


def align(walked: FlowTree, flow: FlowTree) -> Alignment:
    """Follow both trees from where they meet, as long as answers and texts agree."""
    start = _start(walked, flow)
    if start is None:
        return Alignment({}, (), 0.0)
    found = _Aligner(walked, flow, {walked.root_id: start}, [])
    found.follow_all()
    written = sum(not node.needs_review for node in walked.nodes)
    return Alignment(found.pairs, tuple(found.divergences), len(found.pairs) / written if written else 0.0)


def _start(walked: FlowTree, flow: FlowTree) -> str | None:
    if _is_same(walked.root, flow.root):
        return flow.root_id
    scores = [(similarity(walked.root.text, node.text), node) for node in flow.nodes if node.kind is walked.root.kind]
    best = max(scores, key=lambda it: it[0], default=(0.0, flow.root))
    return best[1].node_id if best[0] >= _START else None


def _is_same(walked: FlowNode, flow: FlowNode) -> bool:
    return walked.kind is flow.kind and similarity(walked.text, flow.text) >= SAME_TEXT


@dataclass(slots=True)
class _Aligner:
    walked: FlowTree
    flow: FlowTree
    pairs: dict[str, str]
    divergences: list[Divergence]

    def follow_all(self) -> None:
        waiting = list(self.pairs)
        while waiting:
            at = self.flow.by_id[self.pairs[waiting[-1]]]
            edges = edges_of(self.walked.by_id[waiting.pop()])
            waiting += [edge.target for edge in edges if self._follow(edge, at)]

    def _follow(self, edge: Edge, at: FlowNode) -> bool:
        """Pair what ``edge`` leads to, or note that the walk left the flow; True when there is more to follow."""
        target = self.walked.node(edge.target)
        if target is None or target.needs_review or edge.target in self.pairs:
            return False  # what nobody walked says nothing against the flow
        known = _edge_like(edge, edges_of(at))
        there = self.flow.node(known.target) if known else None
        if there is not None and (_is_same(target, there) or _same_end(target, there)):
            self.pairs[edge.target] = there.node_id
            return True
        self.divergences.append(Divergence(at.node_id, known, edge))
        return False


def _edge_like(edge: Edge, edges: tuple[Edge, ...]) -> Edge | None:
    if edge.label is None:
        return edges[0] if len(edges) == 1 and edges[0].label is None else None
    labelled = [(similarity(edge.label.casefold(), (it.label or "").casefold()), it) for it in edges]
    best = max(labelled, key=lambda it: it[0], default=(0.0, edge))
    return best[1] if best[0] >= SAME_LABEL else None


def _same_end(walked: FlowNode, flow: FlowNode) -> bool:
    """Two ends of one kind are the same end, however they are worded."""
    return walked.kind is flow.kind and walked.kind in TERMINAL_KINDS
