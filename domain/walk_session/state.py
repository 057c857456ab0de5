"""Where a walk stands: everything the engine needs to judge the next command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.flow_tree import FlowNode, FlowTree
from domain.walk_session.status import SessionKind, WalkStatus
from domain.walk_session.step import Facts, Frame, Step

STEP_LIMIT = 200  # steps ever recorded in one session, superseded ones too: flows may loop
DEPTH_CAP = 12  # answered, not superseded nodes of an AI-built walk, those it continues included


@dataclass(frozen=True, slots=True)
class WalkState:
    """A session as a value; every command gives a new one.

    ``tree`` and ``sub_trees`` are pinned at the start (flow and proposal walks); ``sub_trees`` holds every sub-flow
    that can be reached, by ``sub_flow_id``. ``step`` is the highest sequence number ever recorded and never falls.
    ``path`` holds answered nodes only, in their order, superseded ones too. ``pending_node`` is the AI node that was
    served and is not answered; ``first_node`` the one an AI-built session began with. For an AI-built walk the
    pending node is always the successor of the last step that stands, or ``first_node`` before any.
    """

    kind: SessionKind
    status: WalkStatus = WalkStatus.ACTIVE
    tree: FlowTree | None = None
    sub_trees: Mapping[str, FlowTree] = field(default_factory=dict)
    flow_version_id: str | None = None
    sub_version_ids: Mapping[str, str] = field(default_factory=dict)  # by sub_flow_id
    current_node_id: str | None = None
    call_stack: tuple[Frame, ...] = ()
    facts: Facts = field(default_factory=dict)
    pending_node: FlowNode | None = None
    first_node: FlowNode | None = None
    step: int = 0
    path: tuple[Step, ...] = ()
    inherited_depth: int = 0

    @property
    def active_path(self) -> tuple[Step, ...]:
        """The steps that stand: not superseded by going back."""
        return tuple(step for step in self.path if not step.is_superseded)

    @property
    def depth(self) -> int:
        """Answered nodes that stand, those of the walks this one continues included."""
        return self.inherited_depth + len(self.active_path)

    @property
    def needs_generation(self) -> bool:
        """Whether the next node of an AI-built walk has yet to be made."""
        is_building = self.kind is SessionKind.AI_BUILD and self.status is WalkStatus.ACTIVE
        return is_building and self.pending_node is None

    @property
    def recorded_ai_node(self) -> FlowNode | None:
        """The AI node this walk stands at according to its record; survives the end, which clears the pending one."""
        active = self.active_path
        return active[-1].successor if active else self.first_node
