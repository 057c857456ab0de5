"""a removed member may be invited again and come back under the same identity

Runs while the previous release still serves: it asks for less than the index of before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEX, COLUMNS = "uq_users_account_id_issuer_subject", ["account_id", "issuer", "subject"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_index(INDEX, table_name="users")
    op.create_index(INDEX, "users", COLUMNS, unique=True, postgresql_where=sa.text("deleted_at IS NULL"))


def downgrade() -> None:
    """Who came back keeps the identity; the rows of before, long removed, lose it."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_index(INDEX, table_name="users")
    op.execute("ALTER TABLE users NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE users AS gone SET issuer = NULL, subject = NULL
        WHERE gone.deleted_at IS NOT NULL AND gone.issuer IS NOT NULL AND EXISTS (
            SELECT FROM users AS other
            WHERE other.account_id = gone.account_id AND other.issuer = gone.issuer AND other.subject = gone.subject
              AND other.id <> gone.id AND (other.deleted_at IS NULL OR other.deleted_at > gone.deleted_at
                   OR (other.deleted_at = gone.deleted_at AND other.id > gone.id)))
    """)
    op.execute("ALTER TABLE users FORCE ROW LEVEL SECURITY")
    op.create_index(INDEX, "users", COLUMNS, unique=True)
