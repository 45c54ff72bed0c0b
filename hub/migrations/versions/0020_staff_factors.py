"""The second factor of the staff, accounts that are closed, and the log of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_staff_factors"
down_revision = "0019_data_gateway"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "staff_factor",
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("step", BIG, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", TIME, nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.name"]),
        sa.PrimaryKeyConstraint("staff"),
    )
    op.create_table(
        "staff_recovery",
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.name"]),
        sa.PrimaryKeyConstraint("staff", "digest"),
    )
    op.create_table(
        "staff_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_staff_event_region", "staff_event", ["region"])
    op.add_column("staff", sa.Column("closed_at", TIME, nullable=True))
    op.add_column("staff_session", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Takes it back."""
    op.drop_column("staff_session", "whole")
    op.drop_column("staff", "closed_at")
    op.drop_table("staff_event")
    op.drop_table("staff_recovery")
    op.drop_table("staff_factor")
