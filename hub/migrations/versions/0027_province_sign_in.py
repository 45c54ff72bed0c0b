"""Staff may sign in at the province's identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_province_sign_in"
down_revision = "0026_parties"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "staff_province",
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("linked_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.name"]),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sa.UniqueConstraint("staff"),
    )
    op.create_table(
        "staff_province_flow",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index("ix_staff_province_flow_expires_at", "staff_province_flow", ["expires_at"])
    op.add_column("staff_session", sa.Column("province", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Takes it back."""
    op.drop_column("staff_session", "province")
    op.drop_index("ix_staff_province_flow_expires_at", "staff_province_flow")
    op.drop_table("staff_province_flow")
    op.drop_table("staff_province")
