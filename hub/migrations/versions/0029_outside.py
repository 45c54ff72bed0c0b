"""Cases that lie with an outside party, and the sandbox parties' books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_outside"
down_revision = "0028_case_savings"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "outside_ask",
        sa.Column("case_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=True),
        sa.Column("amount_fen", _BIG, nullable=False),
        sa.Column("offered_fen", _BIG, nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=10), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("outside_ask_due", "outside_ask", ["state", "next_at"])
    op.create_index("ix_outside_ask_region", "outside_ask", ["region"])
    op.create_table(
        "sandbox_request",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("amount_fen", _BIG, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("reference"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("sandbox_request")
    op.drop_table("outside_ask")
