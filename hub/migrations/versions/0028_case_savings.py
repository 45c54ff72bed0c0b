"""What approved cases spared who applied, counted once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_case_savings"
down_revision = "0027_province_sign_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "case_saving",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("of_documents", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Integer(), nullable=False),
        sa.Column("of_fields", sa.Integer(), nullable=False),
        sa.Column("signature", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("case_saving")
