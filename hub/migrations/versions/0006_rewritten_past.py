"""Alarms: what a terminal says of its past that contradicts what it has said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_rewritten_past"
down_revision = "0005_identity_of_the_link"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "alarm",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("known", sa.String(length=64), nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("terminal_id", "chain", "kind"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("alarm")
