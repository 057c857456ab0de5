"""search terms

Row-level security keeps the GIN indexes of the first search table from being used, so the words of a flow become rows.
What is dropped here is derived data that nothing has written yet.

Runs while the previous release still serves: add before use, remove after use, NOT NULL in steps.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_SETTING = "nullif(current_setting('handrail.account_id', true), '')::uuid"


def secure(table: str) -> None:
    """Row-level security and grants as on every tenant table."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING (account_id = {TENANT_SETTING})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO handrail_app")


def keys(table: str) -> list[sa.schema.SchemaItem]:
    """The tenant's key and the two references every search table has."""
    return [
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id", "flow_id"],
            ["flows.account_id", "flows.id"],
            name=op.f(f"fk_{table}_account_id_flow_id"),
            ondelete="CASCADE",
        ),
    ]


def ids() -> list[sa.Column[object]]:
    """Columns every search table begins with."""
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("account_id", "id", "flow_id")]


def documents(*own: sa.Column[object]) -> None:
    op.create_table(
        "flow_search_documents",
        *ids(),
        sa.Column("title", sa.Text(), nullable=False),
        *own,
        sa.Column(
            "term_total", sa.Integer(), nullable=False, comment="occurrences of words in all its texts, weighted"
        ),
        sa.Column("text_total", sa.Integer(), nullable=False, comment="texts counted"),
        sa.Column(
            "revision",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="rises when its texts change; vectors are of one revision",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *keys("flow_search_documents"),
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_table("flow_search_documents")
    documents(
        sa.Column(
            "signature",
            postgresql.BIT(length=1024),
            nullable=False,
            comment="trigrams of the title, domain/matching/trigram.py",
        )
    )
    op.add_column(
        "flow_search_texts",
        sa.Column(
            "signature",
            postgresql.BIT(length=1024),
            server_default=sa.text("repeat('0', 1024)::bit(1024)"),
            nullable=False,
            comment="trigrams of the content",
        ),
    )
    op.create_index(
        "uq_flow_search_documents_flow",
        "flow_search_documents",
        ["account_id", "flow_id"],
        unique=True,
        postgresql_include=["term_total", "text_total"],
    )
    op.create_table(
        "flow_search_terms",
        *ids(),
        sa.Column("stem", sa.String(length=40), nullable=False),
        sa.Column("occurrences", sa.SmallInteger(), nullable=False),
        *keys("flow_search_terms"),
    )
    op.create_index(
        "uq_flow_search_terms_stem",
        "flow_search_terms",
        ["account_id", "stem", "flow_id"],
        unique=True,
        postgresql_include=["occurrences"],
    )
    op.create_index("ix_flow_search_terms_flow", "flow_search_terms", ["account_id", "flow_id"])
    secure("flow_search_documents")
    secure("flow_search_terms")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '60s'")
    op.drop_column("flow_search_texts", "signature")
    op.drop_table("flow_search_terms")
    op.drop_table("flow_search_documents")
    documents(
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.TSVECTOR(), nullable=False),
    )
    op.create_index("uq_flow_search_documents_flow", "flow_search_documents", ["account_id", "flow_id"], unique=True)
    secure("flow_search_documents")
