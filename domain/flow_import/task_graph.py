"""Task graphs as STAR has them: ``replies`` (label → text) and ``graph`` (label → next label).

The graph says what follows what, not which labels answer which question: answers ("yes", "query_failure") simply begin
chains of their own. They are hung under the place where a chain stops and waits, and each such guess is a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from domain.flow_finding import FindingCode
from domain.flow_graph import reach
from domain.flow_import.draft import Draft, fact_name, one_line, plain, words_of
from domain.flow_import.result import ImportedFlow, ImportRefused
from domain.flow_node import MAX_NODES, InputType, NodeKind

_YES_NO = frozenset({"yes", "no"})
_STARTS = ("hello", "start", "begin", "greeting", "welcome")
_AGAIN = "anything_else"
_SLOT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,40})(?::[a-z0-9.]{1,6})?\}")
_UNHAPPY = ("sorry", "unfortunately", "cannot", "can't", "unable", "not found", "failed", "unavailable", "no longer")


@dataclass(slots=True)
class _Graph:
    texts: dict[str, str]
    edges: dict[str, list[tuple[str | None, str]]]  # label → (answer, next label)
    root: str = ""
    assumed: dict[str, list[str]] = field(default_factory=dict)  # label → chains hung under it

    def targets(self, label: str) -> list[str]:
        return [target for _, target in self.edges.get(label, [])]

    def reached(self) -> frozenset[str]:
        labels = list(self.texts)
        index = {label: number for number, label in enumerate(labels)}
        neighbours = [[index[target] for target in self.targets(label)] for label in labels]
        return frozenset(labels[number] for number in reach([index[self.root]], neighbours))


def read_task_graph(draft: Draft, title: str, data: dict[str, Any]) -> ImportedFlow:
    graph = _graph(data)
    if not graph.edges:
        raise ImportRefused(FindingCode.INVALID_CONTENT, f"'{title}' has an empty graph.")
    heads = _heads(graph, one_line(data.get("start") or data.get("root"), 100))
    _fill_slots(graph)
    _hang(graph, heads)
    reached = graph.reached()
    _say_what_is_left(draft, graph, reached)
    ids = {label: draft.new_id(label) for label in graph.texts if label in reached}
    for label, node_id in ids.items():
        _add(draft, graph, label, node_id, ids)
    return draft.finish(title, ids[graph.root])


def _graph(data: dict[str, Any]) -> _Graph:
    given = data.get("replies") or data.get("texts")
    replies: dict[str, Any] = given if isinstance(given, dict) else {}
    graph = _Graph({}, {})
    for label, following in data["graph"].items():
        graph.edges[label] = _ways(following)
    labels = dict.fromkeys([*graph.edges, *(to for ways in graph.edges.values() for _, to in ways)])
    if len(labels) > MAX_NODES:
        raise ImportRefused(FindingCode.TOO_LARGE, f"The graph has more than {MAX_NODES:,} labels.")
    graph.texts = {label: _reply(replies.get(label)) or words_of(label) for label in labels}
    return graph


def _reply(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("text") or value.get("label")
    if isinstance(value, list):
        value = value[0] if value else ""
    return plain(value)


def _ways(following: Any) -> list[tuple[str | None, str]]:
    """One next label, a list of them, or answer → next label."""
    if isinstance(following, str) and following:
        return [(None, following)]
    if isinstance(following, list):
        return [(None, item) for item in dict.fromkeys(it for it in following if isinstance(it, str) and it)]
    if isinstance(following, dict):
        return [(str(key), item) for key, item in following.items() if isinstance(item, str) and item]
    return []


def _heads(graph: _Graph, named: str) -> list[str]:
    """Labels that nothing leads to, the start taken out of them and made the root."""
    led_to = {target for label in graph.edges for target in graph.targets(label)}
    heads = [label for label in graph.texts if label not in led_to]
    starts = [label for label in heads if label.casefold().startswith(_STARTS)]
    candidates = [named] if named in graph.texts else [*starts, *heads, *graph.texts]
    graph.root = candidates[0]
    return [label for label in heads if label != graph.root]


def _hang(graph: _Graph, heads: list[str]) -> None:
    """Hang the chains under the places that wait: yes and no under a question, the others under a query.

    Where several queries wait, answers that belong together ("available", "unavailable") are of one of them, in order.
    """
    yes_no = [label for label in heads if _is_yes_no(graph, label)]
    queries = sum(_is_query(graph, label) and not graph.edges.get(label) for label in graph.texts)
    families = _families([label for label in heads if label not in yes_no], max(1, queries))
    for family in families or [[]]:
        _hang_group(graph, family, _is_query)
        _hang_group(graph, yes_no, _is_question)
    for family in families:
        _hang_group(graph, family, _is_question)
    _hang_group(graph, yes_no, _is_query)
    left = [label for label in heads if not _is_hung(graph, [label])]
    _hang_group(graph, left, lambda _graph, _label: True)


def _families(labels: list[str], most: int) -> list[list[str]]:
    """Labels that answer the same question: one stands in the other, or both begin with the same word."""
    found: list[list[str]] = []
    for label in labels:
        family = next((it for it in found if any(_is_kin(label, other) for other in it)), None)
        if family is None:
            found.append([label])
        else:
            family.append(label)
    return [*found[: most - 1], [label for family in found[most - 1 :] for label in family]] if found else []


def _is_kin(one: str, other: str) -> bool:
    first, second = one.casefold(), other.casefold()
    return first in second or second in first or first.partition("_")[0] == second.partition("_")[0]


def _is_hung(graph: _Graph, group: list[str]) -> bool:
    return any(group[0] in hung for hung in graph.assumed.values())


def _hang_group(graph: _Graph, group: list[str], waits: Any) -> None:
    if not group or _is_hung(graph, group):
        return
    reached = graph.reached()
    stops = [label for label in graph.texts if label in reached and not graph.edges.get(label)]
    place = next((label for label in stops if waits(graph, label)), None)
    if place is not None:
        graph.edges[place] = [(graph.texts[label], _past(graph, label)) for label in group]
        graph.assumed[place] = group


def _past(graph: _Graph, label: str) -> str:
    """Where an answer leads; the answer itself is no node then."""
    ways = graph.edges.get(label, [])
    return ways[0][1] if len(ways) == 1 and ways[0][0] is None else label


def _is_yes_no(graph: _Graph, label: str) -> bool:
    return bool({label.casefold(), graph.texts[label].casefold().strip(" .!")} & _YES_NO)


def _is_query(_graph: _Graph, label: str) -> bool:
    return "query" in label.casefold() or "check" in label.casefold()


def _is_question(graph: _Graph, label: str) -> bool:
    return "?" in graph.texts[label] and not label.casefold().startswith("anything_else")


def _say_what_is_left(draft: Draft, graph: _Graph, reached: frozenset[str]) -> None:
    left = [label for label in graph.texts if label not in reached and not _is_hung(graph, [label])]
    if left:
        message = f"Nothing leads to {', '.join(left[:10])}; left out."
        draft.remarks.warn(FindingCode.DROPPED, message, None, "Add them where they belong.")


def _add(draft: Draft, graph: _Graph, label: str, node_id: str, ids: dict[str, str]) -> None:
    ways = graph.edges.get(label, [])
    text = graph.texts[label]
    if label in graph.assumed:
        message = f"The source does not say what leads to {', '.join(graph.assumed[label][:6])}; taken as answers here."
        draft.remarks.warn(FindingCode.ASSUMED, message, node_id, "Check the answers of this question.")
    if not ways:
        _end(draft, node_id, text)
    elif len(ways) > 1 or ways[0][0] is not None:
        answers = [(answer or graph.texts[to], ids[to]) for answer, to in ways]
        _question(draft, graph, node_id, text, answers, ids[graph.root])
    elif _asks(label, text):
        following = ids[ways[0][1]]
        draft.put(
            node_id, NodeKind.DATA_INPUT, text, input_type=InputType.TEXT, fact=_fact(label), next_node_id=following
        )
    else:
        draft.put(node_id, NodeKind.INSTRUCTION, text, next_node_id=ids[ways[0][1]])


def _asks(label: str, text: str) -> bool:
    return "?" in text or f"_{label.casefold()}".rpartition("_ask_")[1] != ""


def _fact(label: str) -> str:
    return fact_name(label.rpartition("ask_")[2] or label)


def _fill_slots(graph: _Graph) -> None:
    """``{day:s}``, a slot of the source, as the fact that a node asks for, or as the name of what is to be said."""
    single = [label for label, ways in graph.edges.items() if [it[0] for it in ways] == [None]]
    asked = {_fact(label): label for label in single if _asks(label, graph.texts[label])}

    def filled(label: str, name: str) -> str:
        return f"{{{{{name}}}}}" if asked.get(name, label) != label else f"[{name.replace('_', ' ')}]"

    for label, text in graph.texts.items():
        graph.texts[label] = _SLOT.sub(lambda slot, at=label: filled(at, slot[1]), text)  # type: ignore[misc]


def _question(draft: Draft, graph: _Graph, node_id: str, text: str, answers: list[tuple[str, str]], root: str) -> None:
    """A single answer is no question: the other one begins anew ("anything else?"), or the technician hands over."""
    if len(answers) == 1:
        answer = answers[0][0]
        other = {"yes": "No", "no": "Yes"}.get(answer.casefold().strip(" .!"), "Something else")
        is_again = node_id.casefold().startswith(_AGAIN) and other == "Yes"
        handed = root if is_again else draft.escalation(
            "otherwise", f"Not '{one_line(answer, 80)}': hand over to an engineer.", "flow_gap"
        )
        answers = [*answers, (other, handed)]
    asked = text if "?" in text or graph.root == text else f"{text.rstrip('.: ')} - what was the result?"
    draft.put(node_id, NodeKind.QUESTION, asked, options=draft.options(answers, node_id))


def _end(draft: Draft, node_id: str, text: str) -> None:
    """A chain that stops: an apology hands over, anything else has settled the matter."""
    if any(word in text.casefold() for word in _UNHAPPY):
        draft.put(node_id, NodeKind.ESCALATE, text, reason_category="exhausted_safe_steps")
        draft.remarks.warn(FindingCode.ASSUMED, "Taken as the end that hands over, by its words.", node_id)
    else:
        draft.put(node_id, NodeKind.RESOLVED, text)
