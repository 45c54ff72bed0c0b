"""The cities' nodes that ask this centre for data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_data_nodes"
down_revision = "0021_data_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "data_node",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("signing_public", sa.String(length=44), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("data_node")
