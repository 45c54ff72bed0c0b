"""Who asked what before a form was filled in, and what is booked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_prefill_and_bookings"
down_revision = "0013_delivery"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "prefill_asked",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("terminal_id", "subject", "asked_at"):
        op.create_index(f"ix_prefill_asked_{column}", "prefill_asked", [column])
    op.create_table(
        "booking",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("item", "slot", "seat"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("booking")
    op.drop_table("prefill_asked")
