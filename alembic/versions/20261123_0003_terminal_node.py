"""where a walk has come to an end of its tree

Runs while the previous release still serves: what it moves keeps the id of an end that the walk has left, which then
differs from its current node's and says nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "l1_walk_sessions"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.add_column(TABLE, sa.Column(
        "terminal_node_id", sa.String(length=100), nullable=True,
        comment="the current node of a tree when it takes no answer: resolved or escalate",
    ))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_column(TABLE, "terminal_node_id")
