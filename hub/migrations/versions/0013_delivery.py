"""Deliveries, and the sandbox courier's parcels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_delivery"
down_revision = "0012_vouchers"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "delivery",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("hall", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("waybill", sa.String(length=20), nullable=True),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("moved_at", TIME, nullable=False),
        sa.Column("trouble", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    for name in ("state", "next_at"):
        op.create_index(op.f(f"ix_delivery_{name}"), "delivery", [name], unique=False)
    op.create_table(
        "sandbox_parcel",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("waybill", sa.String(length=20), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("waybill"),
    )
    op.create_table(
        "sandbox_manner",
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("manner", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("party"),
    )


def downgrade() -> None:
    """Takes it back."""
    for table in ("sandbox_manner", "sandbox_parcel", "delivery"):
        op.drop_table(table)
