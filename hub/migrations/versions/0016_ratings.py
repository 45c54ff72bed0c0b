"""Ratings of services and the tickets that bad ones open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_ratings"
down_revision = "0015_payments"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "rating",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_rating_month", "rating", ["month"])
    op.create_table(
        "rating_ticket",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unreached", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_days", sa.Integer(), nullable=False),
        sa.Column("dismissed", sa.Boolean(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("limit_days", sa.Integer(), nullable=False),
        sa.Column("extra_days", sa.Integer(), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=True),
        sa.Column("draft", sa.String(length=300), nullable=False),
        sa.Column("reply", sa.String(length=300), nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("closed_month", sa.String(length=7), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["rating.case_id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    op.create_index("ix_rating_ticket_region", "rating_ticket", ["region"])
    op.create_index("ix_rating_ticket_state", "rating_ticket", ["state"])
    op.create_index("rating_ticket_closed", "rating_ticket", ["closed_month"])
    op.create_table(
        "rating_step",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("state_after", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["rating_ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rating_step_ticket_id", "rating_step", ["ticket_id"])


def downgrade() -> None:
    """Takes it back."""
    for name in ("rating_step", "rating_ticket", "rating"):
        op.drop_table(name)
