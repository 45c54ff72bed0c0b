"""A notice may be somebody else's than who applied, and may have to be called before a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_notice_whom"
down_revision = "0029_outside"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.add_column("notice", sa.Column("subject", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("masked", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("call_by", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_notice_subject", "notice", ["subject"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_notice_subject", "notice")
    for name in ("call_by", "masked", "subject"):
        op.drop_column("notice", name)
