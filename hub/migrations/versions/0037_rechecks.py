"""A share of what rules decided alone is looked at again by a clerk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037_rechecks"
down_revision = "0036_reviews"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "recheck_draw",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "case_recheck",
        sa.Column("case_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("word", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("followed", sa.String(length=8), nullable=False),
        sa.Column("done", sa.String(length=300), nullable=False),
        sa.Column("settled_by", sa.String(length=40), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("case_recheck_word", "case_recheck", ["word", "due_on"])
    op.create_index("case_recheck_day", "case_recheck", ["day"])
    op.create_index("ix_decision_decided_at", "decision", ["decided_at"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_decision_decided_at", table_name="decision")
    op.drop_table("case_recheck")
    op.drop_table("recheck_draw")
