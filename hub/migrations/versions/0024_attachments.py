"""What residents give besides words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.tables import BIG

revision = "0024_attachments"
down_revision = "0023_source_records"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "case_attachment",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.String(length=40), nullable=True),
        sa.Column("refused_why", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_attachment") as table:
        table.create_index(table.f("ix_case_attachment_case_id"), ["case_id"])
        table.create_index(table.f("ix_case_attachment_sha256"), ["sha256"])


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("case_attachment")
