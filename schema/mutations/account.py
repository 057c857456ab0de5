"""Settings, members, service accounts, notifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import strawberry

from domain.principal import Role
from domain.refusal import Code
from resolvers import account as accounts
from resolvers import member as members
from resolvers import notification as notifications
from resolvers import service_account as service_accounts
from resolvers.outcome import Outcome
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field, payload_object
from schema.ids import input_id, uuid_or_none
from schema.inputs.account import (
    AddMemberInput,
    CreateServiceAccountInput,
    MarkNotificationsReadInput,
    RemoveMemberInput,
    RevokeServiceAccountInput,
    SetAiSettingsInput,
    SetEscalationDefaultsInput,
    SetL1CategoriesInput,
    SetMemberRoleInput,
    TransferOwnershipInput,
)
from schema.payload import refusing
from schema.types.account import Account, Seat, seat_of
from schema.types.actor import ServiceAccount, User

BASIC = (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT)
CATEGORY_ERRORS = ErrorType("SetL1Categories", (*BASIC, Code.UNKNOWN_CATEGORY, Code.HARD_FLOOR_CATEGORY))
AI_ERRORS = ErrorType("SetAiSettings", BASIC)
DEFAULTS_ERRORS = ErrorType("SetEscalationDefaults", BASIC)
ADD_ERRORS = ErrorType("AddMember", (*BASIC, Code.TOO_LARGE, Code.SEAT_LIMIT_EXCEEDED, Code.ALREADY_EXISTS), seat=Seat)
ROLE_ERRORS = ErrorType("SetMemberRole", (*BASIC, Code.SEAT_LIMIT_EXCEEDED, Code.LAST_OWNER), seat=Seat)
REMOVE_ERRORS = ErrorType("RemoveMember", (*BASIC, Code.LAST_OWNER))
OWNER_ERRORS = ErrorType("TransferOwnership", BASIC)
CREATE_ERRORS = ErrorType("CreateServiceAccount", (*BASIC, Code.TOO_LARGE))
REVOKE_ERRORS = ErrorType("RevokeServiceAccount", BASIC)
MARK_ERRORS = ErrorType("MarkNotificationsRead", BASIC)


@strawberry.type(description="Result of `setL1Categories`.")
class SetL1CategoriesPayload:
    account: Account | None = payload_object("The account.")
    errors: list[UserError] = errors_field(CATEGORY_ERRORS)


@strawberry.type(description="Result of `setAiSettings`.")
class SetAiSettingsPayload:
    account: Account | None = payload_object("The account.")
    errors: list[UserError] = errors_field(AI_ERRORS)


@strawberry.type(description="Result of `setEscalationDefaults`.")
class SetEscalationDefaultsPayload:
    account: Account | None = payload_object("The account.")
    errors: list[UserError] = errors_field(DEFAULTS_ERRORS)


@strawberry.type(description="Result of `addMember`.")
class AddMemberPayload:
    member: User | None = payload_object("The new member.")
    errors: list[UserError] = errors_field(ADD_ERRORS)


@strawberry.type(description="Result of `setMemberRole`.")
class SetMemberRolePayload:
    member: User | None = payload_object("The member.")
    errors: list[UserError] = errors_field(ROLE_ERRORS)


@strawberry.type(description="Result of `removeMember`.")
class RemoveMemberPayload:
    member: User | None = payload_object("The removed member.")
    errors: list[UserError] = errors_field(REMOVE_ERRORS)


@strawberry.type(description="Result of `transferOwnership`.")
class TransferOwnershipPayload:
    owner: User | None = payload_object("The new owner.")
    errors: list[UserError] = errors_field(OWNER_ERRORS)


@strawberry.type(description="Result of `createServiceAccount`.")
class CreateServiceAccountPayload:
    service_account: ServiceAccount | None = payload_object("The new service account.")
    secret: str | None = strawberry.field(default=None, description="The API key. Shown once; only a hash is kept.")
    errors: list[UserError] = errors_field(CREATE_ERRORS)


@strawberry.type(description="Result of `revokeServiceAccount`.")
class RevokeServiceAccountPayload:
    service_account: ServiceAccount | None = payload_object("The revoked service account.")
    errors: list[UserError] = errors_field(REVOKE_ERRORS)


@strawberry.type(description="Result of `markNotificationsRead`.")
class MarkNotificationsReadPayload:
    unread_notification_count: int | None = strawberry.field(default=None, description="How many are still unread.")
    errors: list[UserError] = errors_field(MARK_ERRORS)


async def _account(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[bool]) -> Any:
    if outcome.refusals:
        return kind(errors=errors.of(outcome.refusals))
    return kind(account=Account.from_row(await accounts.read(info.context)))


async def _member(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[UUID], name: str = "member") -> Any:
    if outcome.value is None:
        return kind(errors=errors.of(outcome.refusals))
    return kind(**{name: User.from_row(await members.by_id(info.context, outcome.value))})


async def _seated(info: Info, kind: Any, errors: ErrorType, outcome: Outcome[UUID], role: Role) -> Any:
    """The payload of a change that needs a seat."""
    if any(one.code is Code.SEAT_LIMIT_EXCEEDED for one in outcome.refusals):
        return kind(errors=errors.of(outcome.refusals, seat=await seat_of(info, role)))
    return await _member(info, kind, errors, outcome)


@strawberry.type
class AccountMutation:
    @strawberry.mutation(description="Enable exactly these categories for AI-built walks. For owners, admins and scope SETTINGS.")
    async def set_l1_categories(self, info: Info, input: SetL1CategoriesInput) -> SetL1CategoriesPayload:  # noqa: A002
        outcome = await accounts.set_categories(info.context, tuple(input.enabled))
        return await _account(info, SetL1CategoriesPayload, CATEGORY_ERRORS, outcome)

    @strawberry.mutation(description="Set the AI switch and budgets. For owners, admins and scope SETTINGS.")
    async def set_ai_settings(self, info: Info, input: SetAiSettingsInput) -> SetAiSettingsPayload:  # noqa: A002
        given = accounts.AiSettings(
            input.is_enabled, input.is_speculation_enabled, input.calls_per_day, input.calls_per_user_day,
            input.usd_per_day, input.usd_per_user_day,
        )
        return await _account(info, SetAiSettingsPayload, AI_ERRORS, await accounts.set_ai(info.context, given))

    @strawberry.mutation(description="Set who is told of escalations when no engineer is active. For owners, admins and scope SETTINGS.")
    async def set_escalation_defaults(self, info: Info, input: SetEscalationDefaultsInput) -> SetEscalationDefaultsPayload:  # noqa: A002
        outcome = await accounts.set_escalation_defaults(info.context, tuple(input.addresses))
        return await _account(info, SetEscalationDefaultsPayload, DEFAULTS_ERRORS, outcome)

    @strawberry.mutation(description="Invite a person. For owners and admins.")
    async def add_member(self, info: Info, input: AddMemberInput) -> AddMemberPayload:  # noqa: A002
        given = members.NewMember(input.email, input.name, input.role, bool(input.can_cover_l1))
        return await _seated(info, AddMemberPayload, ADD_ERRORS, await members.add(info.context, given), given.role)

    @strawberry.mutation(description="Change a colleague's role; what they had claimed and may not claim any more goes back to the queue. For owners and admins; nobody changes their own.")
    @refusing(SetMemberRolePayload, ROLE_ERRORS)
    async def set_member_role(self, info: Info, input: SetMemberRoleInput) -> SetMemberRolePayload:  # noqa: A002
        member_id = input_id(input.member_id, "member", "memberId")
        outcome = await members.set_role(info.context, member_id, input.role, input.can_cover_l1)
        return await _seated(info, SetMemberRolePayload, ROLE_ERRORS, outcome, Role(input.role))

    @strawberry.mutation(description="Remove a member; their history stays, escalations they had claimed go back to the queue. Invited again they come back as a new member. For owners and admins.")
    @refusing(RemoveMemberPayload, REMOVE_ERRORS)
    async def remove_member(self, info: Info, input: RemoveMemberInput) -> RemoveMemberPayload:  # noqa: A002
        outcome = await members.remove(info.context, input_id(input.member_id, "member", "memberId"))
        return await _member(info, RemoveMemberPayload, REMOVE_ERRORS, outcome)

    @strawberry.mutation(description="Give ownership on; the caller becomes an admin. For owners.")
    @refusing(TransferOwnershipPayload, OWNER_ERRORS)
    async def transfer_ownership(self, info: Info, input: TransferOwnershipInput) -> TransferOwnershipPayload:  # noqa: A002
        outcome = await members.transfer_ownership(info.context, input_id(input.member_id, "member", "memberId"))
        return await _member(info, TransferOwnershipPayload, OWNER_ERRORS, outcome, "owner")

    @strawberry.mutation(description="Make a machine caller; its key is shown once. For owners and admins.")
    async def create_service_account(self, info: Info, input: CreateServiceAccountInput) -> CreateServiceAccountPayload:  # noqa: A002
        outcome = await service_accounts.create(info.context, input.name, tuple(input.scopes))
        made = outcome.value
        if made is None:
            return CreateServiceAccountPayload(errors=CREATE_ERRORS.of(outcome.refusals))
        row = await service_accounts.by_id(info.context, made.id)
        return CreateServiceAccountPayload(service_account=ServiceAccount.from_row(row), secret=made.secret)

    @strawberry.mutation(description="Stop a machine caller for good. For owners and admins.")
    @refusing(RevokeServiceAccountPayload, REVOKE_ERRORS)
    async def revoke_service_account(self, info: Info, input: RevokeServiceAccountInput) -> RevokeServiceAccountPayload:  # noqa: A002
        found = input_id(input.service_account_id, "service account", "serviceAccountId")
        outcome = await service_accounts.revoke(info.context, found)
        if outcome.value is None:
            return RevokeServiceAccountPayload(errors=REVOKE_ERRORS.of(outcome.refusals))
        row = await service_accounts.by_id(info.context, outcome.value)
        return RevokeServiceAccountPayload(service_account=ServiceAccount.from_row(row))

    @strawberry.mutation(description="Mark one's own notifications as read.")
    async def mark_notifications_read(self, info: Info, input: MarkNotificationsReadInput) -> MarkNotificationsReadPayload:  # noqa: A002
        ids = tuple(found for one in input.ids if (found := uuid_or_none(one)) is not None)
        outcome = await notifications.mark_read(info.context, ids)
        if outcome.refusals:
            return MarkNotificationsReadPayload(errors=MARK_ERRORS.of(outcome.refusals))
        return MarkNotificationsReadPayload(unread_notification_count=await notifications.unread_count(info.context))
