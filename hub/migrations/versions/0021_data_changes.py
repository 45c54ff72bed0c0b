"""What sources have to change by the approval of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_data_changes"
down_revision = "0020_staff_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "data_change",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_data_change_next_at", "data_change", ["next_at"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("data_change")
