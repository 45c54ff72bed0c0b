"""What came on sticks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_carry"
down_revision = "0007_clock_doubt"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "carried_part",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("carry", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.String(length=40), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("first_seq", "last_seq", "head_seq", "done_to", "cursor")),
        sa.Column("hub_key", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("fresh", "known", "parked")),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("terminal_id", "digest"),
    )
    with op.batch_alter_table("carried_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carried_part_taken_at"), ["taken_at"], unique=False)


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("carried_part")
