"""Erasing a customer's data: texts are blanked, the record of what was done stays.

Kept are ids, times, kinds, chosen options, figures and outcomes. Blanked is everything that people typed or that was
made from it: names, contacts, the problem, notes, free answers, hand-offs, what models were told and said, the nodes
they built, and proposals captured from the walk; those that await review are dismissed. What a person has reviewed
and published is the account's own knowledge and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import AiRecord, Escalation, EscalationNote, FlowProposal, WalkSession
from db.queries.erasure import NOTES, PACKAGE
from db.queries.flow_search import forget_sessions
from domain.clean_text import optional_text
from domain.erasure import ERASED, erased_node, erased_path, erased_tree
from domain.flow_tree import dump_tree, parse_tree
from domain.permission import Action
from domain.refusal import Code
from domain.vocabulary import ProposalStatus
from domain.walk_session import SessionKind, node_from_json, node_to_json, path_from_json, path_to_json
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found, refuse, require
from resolvers.permission_loader import Check

BITE = 200  # sessions to a transaction
DISMISSED = "The data of the customer whose walk it was captured from were erased."


@dataclass(frozen=True, slots=True)
class Erase:
    """Input of ``eraseCustomerData``. What is given must all fit a session; at least one must be given."""

    session_id: UUID | None = None
    company_external_id: str | None = None
    company_name: str | None = None
    customer_name: str | None = None
    customer_contact: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Erased:
    """How many sessions were erased, or would be."""

    session_count: int


@guarded
async def erase(context: Context, given: Erase) -> Erased:
    """Blank every text of the sessions that fit; with ``dry_run`` only count them.

    A bite of them at a time, each in its own transaction: a company with very many walks may need more time than one
    request has, and then repeating it goes on where it stopped.
    """
    require(await context.loaders.permissions.load(Check(Action.ERASE_CUSTOMER)), "account")
    scope = _scope(given)
    if given.dry_run:
        return Erased(await _count(context, scope, given))
    erased = bitten = await _bite(context, given, scope)
    while bitten == BITE:
        erased += (bitten := await _bite(context, given, scope))
    return Erased(erased)


async def _bite(context: Context, given: Erase, scope: list[ColumnElement[bool]]) -> int:
    """Erase some of the sessions that fit: those erased before fit no more, for their names are gone."""
    async with context.db.write(context.account_id) as connection:
        found = (
            select(WalkSession.id).where(in_account(WalkSession, context.account_id), *scope)
            .order_by(WalkSession.id).limit(BITE).with_for_update()
        )
        ids = list((await connection.execute(found)).scalars())
        _require_session(given, len(ids))
        if ids:
            await _blank(connection, context, ids)
            subject = ("walk_session", given.session_id) if given.session_id else ("account", context.account_id)
            await record(connection, context.principal, "customer.erased", subject, sessions=len(ids))
    return len(ids)


def _scope(given: Erase) -> list[ColumnElement[bool]]:
    texts = {
        WalkSession.company_external_id: given.company_external_id, WalkSession.company_name: given.company_name,
        WalkSession.customer_name: given.customer_name, WalkSession.customer_contact: given.customer_contact,
    }
    wanted = {column: checked(optional_text(value, ("input",))) for column, value in texts.items()}
    found = [func.lower(column) == value.lower() for column, value in wanted.items() if value is not None]
    if given.session_id is not None:
        found.append(WalkSession.id == given.session_id)
    if not found:
        raise refuse(Code.INVALID_INPUT, "Say whose data: a session, a company or a customer.")
    return found


async def _count(context: Context, scope: list[ColumnElement[bool]], given: Erase) -> int:
    statement = select(func.count()).select_from(WalkSession).where(in_account(WalkSession, context.account_id), *scope)
    async with context.db.read(context.account_id) as connection:
        count = int((await connection.execute(statement)).scalar_one())
    _require_session(given, count)
    return count


def _require_session(given: Erase, found: int) -> None:
    if given.session_id is not None and not found:
        raise not_found("walk session", "sessionId")


async def _blank(connection: AsyncConnection, context: Context, ids: list[UUID]) -> None:
    """Blank these sessions and everything that was made from them, in the caller's transaction."""
    account_id = context.account_id
    await _blank_walks(connection, account_id, ids)
    for statement in (*_of_sessions(account_id, ids), *_of_escalations(account_id, ids)):
        await connection.execute(statement)
    await _blank_proposals(connection, context, ids)
    await forget_sessions(connection, account_id, ids)


async def _blank_walks(connection: AsyncConnection, account_id: UUID, ids: list[UUID]) -> None:
    """What was asked and answered. Of locked sessions, so nothing is answered meanwhile."""
    rows = await connection.execute(
        select(WalkSession.id, WalkSession.session_kind, WalkSession.walked_path, WalkSession.facts,
               WalkSession.pending_node, WalkSession.first_node)
        .where(in_account(WalkSession, account_id), WalkSession.id.in_(ids))
    )
    values = [_blanked(row) for row in rows]
    if values:
        statement = update(WalkSession).where(in_account(WalkSession, account_id), WalkSession.id == bindparam("of"))
        columns: dict[str, Any] = {name: bindparam(name) for name in values[0] if name != "of"}
        await connection.execute(statement.values(columns), values)


def _blanked(row: Any) -> dict[str, Any]:
    is_generated = row.session_kind == SessionKind.AI_BUILD
    path = erased_path(path_from_json(row.walked_path), row.facts or {}, is_generated=is_generated)
    nodes = {name: node_from_json(getattr(row, name)) for name in ("pending_node", "first_node")}
    return {"of": row.id, "walked_path": path_to_json(path),
            **{name: node_to_json(erased_node(node)) if node else None for name, node in nodes.items()}}


async def _blank_proposals(connection: AsyncConnection, context: Context, ids: list[UUID]) -> None:
    """What was captured from the walks loses its words; one that awaits review has nothing left to review."""
    rows = (await connection.execute(
        select(FlowProposal.id, FlowProposal.tree, FlowProposal.status)
        .where(in_account(FlowProposal, context.account_id), FlowProposal.source_session_id.in_(ids))
        .order_by(FlowProposal.id).with_for_update()
    )).all()
    for row in rows:
        tree = dump_tree(erased_tree(parse_tree(row.tree)))
        values: dict[str, Any] = {"title": ERASED, "keywords": [], "tree": tree, "digest": "", "bands": []}
        if row.status == ProposalStatus.PENDING:
            values |= {"status": ProposalStatus.DISMISSED.value, "reviewed_by_user_id": context.principal.id,
                       "reviewed_at": context.now(), "review_reason": DISMISSED}
            await record(connection, context.principal, "proposal.dismissed", ("proposal", row.id))
        await connection.execute(
            update(FlowProposal).where(in_account(FlowProposal, context.account_id), FlowProposal.id == row.id)
            .values(**values)
        )


def _of_sessions(account_id: UUID, ids: list[UUID]) -> list[Any]:
    session = update(WalkSession).where(in_account(WalkSession, account_id), WalkSession.id.in_(ids)).values(
        customer_name=None, customer_contact=None, company_name=None, company_external_id=None, problem_text=ERASED,
        resolution_notes=None, escalation_reason=None, abandon_note=None,
        walk_notes=NOTES, facts={}, speculated=null(), generation_token=None,
        generation_expires_at=None,
    )
    records = update(AiRecord).where(in_account(AiRecord, account_id), AiRecord.session_id.in_(ids)).values(
        raw=None, parameters={}, findings=[], node=null(),
    )
    return [session, records]


def _of_escalations(account_id: UUID, ids: list[UUID]) -> list[Any]:
    made = select(Escalation.id).where(in_account(Escalation, account_id), Escalation.session_id.in_(ids))
    notes = update(EscalationNote).where(
        in_account(EscalationNote, account_id), EscalationNote.escalation_id.in_(made)
    ).values(text=ERASED)
    escalations = update(Escalation).where(
        in_account(Escalation, account_id), Escalation.session_id.in_(ids)
    ).values(reason=None, closing_notes=None, package=PACKAGE)
    return [notes, escalations]
