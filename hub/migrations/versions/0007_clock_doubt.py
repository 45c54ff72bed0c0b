"""When what a doubtful clock dated was really made, and the starts of machines by which that is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_clock_doubt"
down_revision = "0006_rewritten_past"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds what was found of an application's time, and the table of starts."""
    for column in (
        sa.Column("applied_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_how", sa.String(length=10), nullable=True),
    ):
        with op.batch_alter_table("case_file", schema=None) as batch_op:
            batch_op.add_column(column)
    op.create_table(
        "boot_seen",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("boot", sa.String(length=36), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("terminal_id", "boot"),
    )


def downgrade() -> None:
    """Forgets both."""
    op.drop_table("boot_seen")
    for column in ("applied_how", "applied_until", "applied_from"):
        with op.batch_alter_table("case_file", schema=None) as batch_op:
            batch_op.drop_column(column)
