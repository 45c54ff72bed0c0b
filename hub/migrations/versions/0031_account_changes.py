"""Changes at accounts that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_account_changes"
down_revision = "0030_notice_whom"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "staff_change",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("half_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_by", sa.String(length=40), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    for column in ("about", "region", "expires_at"):
        op.create_index(f"ix_staff_change_{column}", "staff_change", [column])
    op.add_column("staff_event", sa.Column("asked_by", sa.String(length=40), nullable=False, server_default=""))
    op.create_index("ix_staff_event_about", "staff_event", ["about"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_staff_event_about", "staff_event")
    op.drop_column("staff_event", "asked_by")
    op.drop_table("staff_change")
