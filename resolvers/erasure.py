"""Erasing a customer's data: texts are blanked, the record of what was done stays.

Kept are ids, times, kinds, chosen options of questions, figures and outcomes. Blanked is everything that people typed
or that was made from it: names, contacts, the problem, notes, free answers, hand-offs, what models were told and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import AiRecord, Escalation, EscalationNote, FlowProposal, WalkSession
from db.queries.erasure import ERASED, NOTES, PACKAGE, PATH
from db.queries.flow_search import forget_session
from domain.clean_text import optional_text
from domain.permission import Action
from domain.refusal import Code
from resolvers.access import in_account
from resolvers.audit import record
from resolvers.context import Context
from resolvers.guard import guarded
from resolvers.outcome import checked, not_found, refuse, require
from resolvers.permission_loader import Check


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
    """Blank every text of the sessions that fit; with ``dry_run`` only count them."""
    require(await context.loaders.permissions.load(Check(Action.ERASE_CUSTOMER)), "account")
    scope = _scope(context, given)
    if given.dry_run:
        async with context.db.read(context.account_id) as connection:
            return Erased(await _count(connection, scope, given))
    async with context.db.write(context.account_id) as connection:
        found = select(WalkSession.id).where(*scope).order_by(WalkSession.id).with_for_update()
        ids = list((await connection.execute(found)).scalars())
        _require_session(given, len(ids))
        await blank(connection, context.account_id, ids)
        subject = ("walk_session", given.session_id) if given.session_id else ("account", context.account_id)
        await record(connection, context.principal, "customer.erased", subject, sessions=len(ids))
    return Erased(len(ids))


def _scope(context: Context, given: Erase) -> list[ColumnElement[bool]]:
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
    return [in_account(WalkSession, context.account_id), *found]


async def _count(connection: AsyncConnection, scope: list[ColumnElement[bool]], given: Erase) -> int:
    count = int((await connection.execute(select(func.count()).select_from(WalkSession).where(*scope))).scalar_one())
    _require_session(given, count)
    return count


def _require_session(given: Erase, found: int) -> None:
    if given.session_id is not None and not found:
        raise not_found("walk session", "sessionId")


async def blank(connection: AsyncConnection, account_id: UUID, ids: list[UUID]) -> None:
    """Blank these sessions and everything that was made from them, in the caller's transaction."""
    for statement in (*_of_sessions(account_id, ids), *_of_escalations(account_id, ids)):
        await connection.execute(statement)
    for session_id in ids:
        await forget_session(connection, account_id, session_id)


def _of_sessions(account_id: UUID, ids: list[UUID]) -> list[Any]:
    session = update(WalkSession).where(in_account(WalkSession, account_id), WalkSession.id.in_(ids)).values(
        customer_name=None, customer_contact=None, company_name=None, company_external_id=None, problem_text=ERASED,
        resolution_notes=None, escalation_reason=None, abandon_note=None,
        walked_path=PATH, walk_notes=NOTES, facts={},
    )
    records = update(AiRecord).where(in_account(AiRecord, account_id), AiRecord.session_id.in_(ids)).values(
        raw=None, parameters={}, findings=[], node=null(),
    )
    proposals = update(FlowProposal).where(
        in_account(FlowProposal, account_id), FlowProposal.source_session_id.in_(ids)
    ).values(title=ERASED, keywords=[])
    return [session, records, proposals]


def _of_escalations(account_id: UUID, ids: list[UUID]) -> list[Any]:
    made = select(Escalation.id).where(in_account(Escalation, account_id), Escalation.session_id.in_(ids))
    notes = update(EscalationNote).where(
        in_account(EscalationNote, account_id), EscalationNote.escalation_id.in_(made)
    ).values(text=ERASED)
    escalations = update(Escalation).where(
        in_account(Escalation, account_id), Escalation.session_id.in_(ids)
    ).values(reason=None, closing_notes=None, package=PACKAGE)
    return [notes, escalations]
