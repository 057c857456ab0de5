"""What every table shares: naming, the tenant key, and foreign keys that cannot cross tenants."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    String,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
MaybeMoment = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Json = Annotated[Any, mapped_column(JSONB(none_as_null=True))]
Short = Annotated[str, mapped_column(String(30))]
MaybeShort = Annotated[str | None, mapped_column(String(30))]


class Base(DeclarativeBase):
    """Declarative base; tables are read and written with Core statements only."""

    metadata = MetaData(naming_convention=NAMING)


class TenantRow:
    """Mixin: the primary key ``(account_id, id)`` of every tenant table."""

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)


def tenant_key(column: str, target: str, *, ondelete: str | None = None, name: str | None = None,
               use_alter: bool = False) -> ForeignKeyConstraint:
    """A foreign key that carries its tenant: ``(account_id, column)`` to ``target(account_id, id)``.

    Without ``ondelete`` it is NO ACTION: it blocks the deletion of a row that is still used, and does not block
    the deletion of the whole account in one statement.
    """
    return ForeignKeyConstraint(
        ["account_id", column], [f"{target}.account_id", f"{target}.id"],
        ondelete=ondelete, name=name, use_alter=use_alter,
    )


def one_of(column: str, values: type[Any] | list[str]) -> CheckConstraint:
    """CHECK that a column holds one of an enum's values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
