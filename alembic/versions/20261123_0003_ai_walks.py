"""AI walks: verdicts of any length, and a node made ahead of its answer.

Runs while the previous release still serves: add before use, remove after use, NOT NULL in steps.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.alter_column("ai_records", "verdict", type_=sa.Text(), existing_type=sa.String(30), existing_nullable=False)
    op.add_column("l1_walk_sessions", sa.Column("speculated", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_column("l1_walk_sessions", "speculated")
    op.alter_column(
        "ai_records", "verdict", type_=sa.String(30), existing_type=sa.Text(), existing_nullable=False,
        postgresql_using="left(verdict, 30)",
    )
