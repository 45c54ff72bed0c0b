"""Bells of terminals: somebody there wants a person, now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033_bells"
down_revision = "0032_sign_in_guesses"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "bell",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("ring", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("screen", sa.String(length=30), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_region", sa.String(length=12), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=40), nullable=True),
        sa.Column("what", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bell_ring", "bell", ["terminal_id", "ring"], unique=True)
    op.create_index("bell_terminal", "bell", ["terminal_id", "id"])
    op.create_index("bell_region", "bell", ["region", "rung_at"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("bell")
