"""proposals that say nearly the same form a group

Runs while the previous release still serves: what it inserts gets a group of its own by the defaults.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = "flow_proposals"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    for column in (
        sa.Column("group_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("grouped_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "digest", sa.Text(), server_default="", nullable=False,
            comment="words it is compared by, domain/proposal_likeness.py",
        ),
        sa.Column(
            "bands", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False,
            comment="proposals that may be alike share one",
        ),
    ):
        op.add_column(TABLE, column)
    # The owner is bound by the policy too; the table is locked by the statements before, so nobody else is let through.
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"UPDATE {TABLE} SET grouped_at = created_at")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.create_index("ix_flow_proposals_queue", TABLE, [
        "account_id", "status", sa.literal_column("is_validated_by_outcome DESC"), sa.literal_column("grouped_at DESC"),
        "group_id", sa.literal_column("created_at DESC"), "id",
    ])
    op.create_index("ix_flow_proposals_group", TABLE, ["account_id", "group_id"])
    op.create_index(
        "ix_flow_proposals_bands", TABLE, ["bands"], postgresql_using="gin",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index("ix_flow_proposals_review", table_name=TABLE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.create_index("ix_flow_proposals_review", TABLE, [
        "account_id", "status", sa.literal_column("is_validated_by_outcome DESC"), sa.literal_column("created_at DESC"),
        "id",
    ])
    for index in ("ix_flow_proposals_bands", "ix_flow_proposals_group", "ix_flow_proposals_queue"):
        op.drop_index(index, table_name=TABLE)
    for column in ("bands", "digest", "grouped_at", "group_id"):
        op.drop_column(TABLE, column)
