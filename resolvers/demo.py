"""Walks for the demo accounts, made by the commands that clients use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from db.models import Flow, WalkSession
from domain.flow_tree import FlowNode
from domain.vocabulary import EscalationReasonCategory, Priority
from domain.walk_session import NoteDraft, current_node
from resolvers import sign_in
from resolvers.access import in_account
from resolvers.context import Context, Services
from resolvers.escalation.escalating import Escalate, Reason, escalate
from resolvers.flow_trees import load_trees, version_ids
from resolvers.walk_session import note_taking
from resolvers.walk_session.answering import Answer, answer_node
from resolvers.walk_session.ending import Resolve, resolve
from resolvers.walk_session.intake import Started, intake
from resolvers.walk_session.intake_input import Caller, Intake
from resolvers.walk_session.state_rows import LOCKED, state_of


@dataclass(frozen=True, slots=True)
class DemoCall:
    """One call of the demo: ``answers`` answers are given (0: the first option), then it ends as ``ends`` says."""

    problem: str
    customer: str
    company: str
    slug: str | None
    answers: int
    ends: str


CALLS = (
    DemoCall("Printer on the second floor prints nothing", "Ana Ruiz",
             "Northwind Dental", "printer-not-printing", 3, "resolved"),
    DemoCall("Outlook does not open since this morning", "Tom Baker",
             "Northwind Dental", "outlook-not-working", 4, "resolved"),
    DemoCall("No sound in the Teams meeting", "Mia Wong",
             "Contoso Legal", "teams-zoom-audio", 2, "resolved"),
    DemoCall("VPN disconnects every few minutes", "Jon Pope",
             "Contoso Legal", "vpn-connect", 3, "escalated"),
    DemoCall("Wi-Fi is connected but no page loads", "Eva Lund",
             "Fabrikam Foods", "wifi-no-internet", 1, "active"),
    DemoCall("The label scanner at the packing desk beeps and reads nothing", "Sam Ode",
             "Fabrikam Foods", None, 0, "captured"),
)


async def seed_walks(services: Services, account_id: UUID, technician_id: UUID) -> int:
    """Walk the demo calls once; how many were walked."""
    found = await sign_in.by_user_id(services.db, account_id, technician_id)
    if found is None:
        return 0
    context = Context(services, found.principal, found.account, "demo")
    if await _has_walks(context):
        return 0
    for call in CALLS:
        await _walk(context, call)
    return len(CALLS)


async def _has_walks(context: Context) -> bool:
    statement = select(func.count()).select_from(WalkSession).where(in_account(WalkSession, context.account_id))
    async with context.db.read(context.account_id) as connection:
        return bool((await connection.execute(statement)).scalar_one())


async def _walk(context: Context, call: DemoCall) -> None:
    flow_id = await _flow(context, call.slug) if call.slug else None
    caller = Caller(call.problem, call.customer, None, call.company, priority=Priority.NORMAL)
    begun = (await intake(context, Intake(caller, flow_id=flow_id, adhoc=flow_id is None))).value
    if not isinstance(begun, Started):
        return
    for _ in range(call.answers):
        await _answer(context, begun.session_id)
    await _end(context, begun.session_id, call.ends)


async def _flow(context: Context, slug: str) -> UUID | None:
    statement = select(Flow.id).where(in_account(Flow, context.account_id), Flow.slug == slug)
    async with context.db.read(context.account_id) as connection:
        return (await connection.execute(statement)).scalar_one_or_none()


async def _answer(context: Context, session_id: UUID) -> None:
    step, node = await _position(context, session_id)
    if node is None:
        return
    value = node.options[0].value if node.options else "done"
    await answer_node(context, Answer(session_id, node.node_id, value, step, None, None))


async def _position(context: Context, session_id: UUID) -> tuple[int, FlowNode | None]:
    statement = select(*(getattr(WalkSession, name) for name in LOCKED)).where(
        in_account(WalkSession, context.account_id), WalkSession.id == session_id
    )
    async with context.db.read(context.account_id) as connection:
        row: Any = (await connection.execute(statement)).one()
        trees = await load_trees(connection, context.account_id, version_ids(row))
    return row.step, current_node(state_of(row, trees))


async def _end(context: Context, session_id: UUID, how: str) -> None:
    if how == "captured":
        steps = ("Wiped the scanner's window and held it closer to the label.",
                 "Unplugged its cable and plugged it into the other port; it reads again.")
        drafts = tuple(NoteDraft(text, is_step=True) for text in steps)
        await note_taking.save(context, note_taking.Save(session_id, drafts, 0))
    if how in {"resolved", "captured"}:
        await resolve(context, Resolve(session_id, "Works again; the customer confirmed it.", helpful=True))
    if how == "escalated":
        reason = Reason(EscalationReasonCategory.EXHAUSTED_SAFE_STEPS, "Drops also on a wired line.", Priority.HIGH,
                        is_customer_waiting=True)
        await escalate(context, Escalate(session_id, reason))
