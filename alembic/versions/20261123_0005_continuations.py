"""walks find those that continue them: without it, deleting an account read all its walks once for each of them

Runs while the previous release still serves.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEX, TABLE = "ix_l1_walk_sessions_continues", "l1_walk_sessions"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_index(INDEX, TABLE, ["account_id", "continues_session_id"],
                    postgresql_where=sa.text("continues_session_id IS NOT NULL"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_index(INDEX, table_name=TABLE)
