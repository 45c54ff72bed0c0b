"""What approvals have sources write down; and who asked before a form is in the gateway's log alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_source_records"
down_revision = "0022_data_nodes"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    op.add_column("data_change", sa.Column("done_at", TIME, nullable=True))
    op.add_column("data_change", sa.Column("about", sa.String(length=64), nullable=True))
    op.add_column("data_change", sa.Column("once", sa.String(length=64), nullable=True))
    op.create_index("ix_data_change_about", "data_change", ["about"])
    op.create_index("ix_data_change_once", "data_change", ["once"], unique=True)
    op.drop_table("prefill_asked")


def downgrade() -> None:
    """Takes it back."""
    op.create_table(
        "prefill_asked",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("terminal_id", "subject", "asked_at"):
        op.create_index(f"ix_prefill_asked_{column}", "prefill_asked", [column])
    op.drop_index("ix_data_change_once", "data_change")
    op.drop_index("ix_data_change_about", "data_change")
    for column in ("once", "about", "done_at"):
        op.drop_column("data_change", column)
