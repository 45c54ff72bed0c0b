"""Wrong passwords by network address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032_sign_in_guesses"
down_revision = "0031_account_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "staff_guess",
        sa.Column("address", sa.String(length=50), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index("ix_staff_guess_until", "staff_guess", ["until"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("staff_guess")
