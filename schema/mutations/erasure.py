"""Erasing a customer's data."""

from __future__ import annotations

import strawberry

from domain.refusal import Code
from resolvers import erasure
from schema.context import Info
from schema.errors import ErrorType, UserError, errors_field
from schema.ids import input_id
from schema.payload import refusing

ERASE_ERRORS = ErrorType("EraseCustomerData", (Code.NOT_FOUND, Code.FORBIDDEN, Code.INVALID_INPUT, Code.TOO_LARGE))


@strawberry.input(description="Whose data. What is given must all fit a session (case does not matter); at least one must be given.")
class EraseCustomerDataInput:
    session_id: strawberry.ID | None = strawberry.field(default=None, description="One walk session. A walk that continues it is another one.")
    company_external_id: str | None = strawberry.field(default=None, description="The company's id in the PSA.")
    company_name: str | None = strawberry.field(default=None, description="The company's name, e.g. `Northwind Dental`.")
    customer_name: str | None = strawberry.field(default=None, description="The customer's name.")
    customer_contact: str | None = strawberry.field(default=None, description="The customer's contact, as it was noted.")
    dry_run: bool = strawberry.field(default=False, description="Only count the sessions that fit; nothing is changed.")


@strawberry.type(description="Result of `eraseCustomerData`.")
class EraseCustomerDataPayload:
    session_count: int | None = strawberry.field(
        default=None, description="How many sessions were erased, or would be. Null when there are errors."
    )
    errors: list[UserError] = errors_field(ERASE_ERRORS)


@strawberry.type
class ErasureMutation:
    @strawberry.mutation(description="Blank a customer's data for good: names, contacts, problems, notes, hand-offs, what models were told, said and built. Proposals captured from the walks lose their words, and pending ones are dismissed; what was published from them stays. What was done and when stays. With very many sessions a call may end in TIMEOUT: repeat it, it goes on where it stopped. For owners and admins.")
    @refusing(EraseCustomerDataPayload, ERASE_ERRORS)
    async def erase_customer_data(self, info: Info, input: EraseCustomerDataInput) -> EraseCustomerDataPayload:  # noqa: A002
        outcome = await erasure.erase(info.context, erasure.Erase(
            input_id(input.session_id, "walk session", "sessionId"), input.company_external_id, input.company_name,
            input.customer_name, input.customer_contact, input.dry_run,
        ))
        if outcome.value is None:
            return EraseCustomerDataPayload(errors=ERASE_ERRORS.of(outcome.refusals))
        return EraseCustomerDataPayload(session_count=outcome.value.session_count)
