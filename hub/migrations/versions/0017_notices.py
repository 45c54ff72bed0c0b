"""What people must hear, and the calls about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_notices"
down_revision = "0016_ratings"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "notice",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("told_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notice_once", "notice", ["case_id", "kind", "occasion"], unique=True)
    op.create_index("notice_untold", "notice", ["told_at", "id"])
    op.create_table(
        "notice_call",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("notice_id", BIG, nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_call_notice_id", "notice_call", ["notice_id"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("notice_call")
    op.drop_table("notice")
