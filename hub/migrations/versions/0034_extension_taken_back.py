"""An extension of a region can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_extension_taken_back"
down_revision = "0033_bells"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("ended_at", sa.DateTime(timezone=True)),
    ("ended_by", sa.String(length=40)),
    ("ended_why", sa.String(length=300)),
)


def upgrade() -> None:
    """Takes the step."""
    for name, kind in _COLUMNS:
        op.add_column("region_extension", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Takes it back."""
    for name, _ in _COLUMNS:
        op.drop_column("region_extension", name)
