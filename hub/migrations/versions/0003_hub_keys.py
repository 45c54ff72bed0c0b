"""Which of the hub's keys a terminal has been told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_hub_keys"
down_revision = "0002_later_check"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keys_version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Takes it back."""
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.drop_column("keys_version")
