"""Heavy work on trees: beside the event loop, with a deadline, and never while a connection is held."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from domain.builder.floor import named_hits
from domain.flow_finding import Finding
from domain.flow_lint import lint_tree
from domain.flow_tree import FlowTree, NodeKind, TreeShapeError, parse_tree
from domain.refusal import Code, Refusal
from resolvers.context import Context
from resolvers.outcome import Outcome, Refused
from resolvers.public_error import PublicError

P = ParamSpec("P")
T = TypeVar("T")

DEADLINE_SECONDS = 5.0  # below the request's own
MAX_KEPT = 1_000
# Its own threads: what overruns its deadline here must not keep look-ups of names or files waiting.
_threads = ThreadPoolExecutor(2, thread_name_prefix="flow")
_kept: OrderedDict[tuple[UUID, UUID, frozenset[str]], tuple[Finding, ...]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Judged(Outcome[T]):
    """An outcome with what lint (or an import) found."""

    findings: tuple[Finding, ...] = ()


class LintRefused(Refused):
    """A refusal whose reasons are findings."""

    def __init__(self, refusal: Refusal, findings: tuple[Finding, ...]) -> None:
        super().__init__(refusal)
        self.findings = findings

    def outcome(self) -> Judged[Any]:
        return Judged(refusals=self.refusals, findings=self.findings)


async def beside(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run pure work in a thread. Raises ``PublicError`` TIMEOUT when it takes longer than ``DEADLINE_SECONDS``."""
    running = asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))
    try:
        return await asyncio.wait_for(running, DEADLINE_SECONDS)
    except TimeoutError:
        message = "This flow took too long to work on and was given up. Split it into smaller flows."
        raise PublicError("TIMEOUT", message) from None


async def lint(context: Context, tree: FlowTree, key: UUID | None = None) -> tuple[Finding, ...]:
    """All findings of a tree, errors first.

    ``key`` names content that never changes (a version, a draft, …): its findings are kept.
    """
    known = await _known_flows(context, tree)
    if key is None:
        return await beside(lint_tree, tree, known_flows=known, floor=floor_classes)
    place = (context.account_id, key, known)
    if place not in _kept:
        _kept[place] = await beside(lint_tree, tree, known_flows=known, floor=floor_classes)
    _kept.move_to_end(place)
    findings = _kept[place]
    while len(_kept) > MAX_KEPT:
        _kept.popitem(last=False)
    return findings


async def _known_flows(context: Context, tree: FlowTree) -> frozenset[str]:
    """Of the flows that a tree calls, those that can be called: published in this account and not archived."""
    called = sorted({node.sub_flow_id for node in tree.nodes if node.kind is NodeKind.SUB_FLOW and node.sub_flow_id})
    ids = [found for one in called if (found := _uuid(one)) is not None]
    known = await context.loaders.callable_flows.load_many(ids) if ids else []
    return frozenset(str(one) for one, is_known in zip(ids, known, strict=True) if is_known)


def _uuid(text: str) -> UUID | None:
    """A flow's id as it is written everywhere; another spelling of it would not be found in a walk."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


@lru_cache(maxsize=20_000)
def floor_classes(text: str) -> tuple[str, ...]:
    """The hard floor's classes that a text hits. What its rules cannot read is no finding in a person's flow."""
    hits = (hit.floor_class for hit in named_hits(text))
    return tuple(dict.fromkeys(found.value for found in hits if found is not None))


async def given_tree(data: dict[str, Any], *field: str) -> FlowTree:
    """A tree as a client sent it. Raises ``Refused`` INVALID_INPUT with the path of what is wrong."""
    try:
        return await beside(parse_tree, data)
    except TreeShapeError as error:
        path = error.path.replace("[", ".").replace("]", "").split(".")
        place = tuple(part for part in (*field, *path[1:]) if part)
        raise Refused(Refusal(Code.INVALID_INPUT, f"This is not a flow: {error}.", place)) from None
