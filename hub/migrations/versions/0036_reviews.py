"""Who asked that a person looks again at what a rule refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036_reviews"
down_revision = "0035_houses"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "case_review",
        sa.Column("case_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("case_review")
