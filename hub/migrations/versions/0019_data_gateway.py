"""The data gateway: sharing and its trail, reads, answers kept for a case, waits, contradictions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_data_gateway"
down_revision = "0018_staff_roles"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
CASE = "case_file.id"


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "data_sharing",
        sa.Column("purpose", sa.String(length=90), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("purpose", "source", "field"),
    )
    op.create_index("ix_data_sharing_state", "data_sharing", ["state"])
    op.create_table(
        "data_step",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=90), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_data_step_source", "data_step", ["source"])
    op.create_table(
        "data_mount",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("mounted", sa.Boolean(), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    _reads()
    op.create_table(
        "data_answer",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], [CASE]),
        sa.PrimaryKeyConstraint("case_id", "source", "subject"),
    )
    op.create_index("ix_data_answer_at", "data_answer", ["at"])
    op.create_table(
        "data_wait",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], [CASE]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_data_wait_next_at", "data_wait", ["next_at"])
    op.create_table(
        "sandbox_question",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _reads() -> None:
    op.create_table(
        "data_read",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(length=90), nullable=False),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("reader", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=12), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_data_read_case_id", "data_read", ["case_id"])
    op.create_index("ix_data_read_region", "data_read", ["region"])
    op.create_index("data_read_subject", "data_read", ["subject", "id"])
    op.create_index("data_read_source", "data_read", ["source", "at"])
    op.create_table(
        "data_contradiction",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("told_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_data_contradiction_subject", "data_contradiction", ["subject"])
    op.create_index("ix_data_contradiction_region", "data_contradiction", ["region"])
    op.create_index("ix_data_contradiction_told_at", "data_contradiction", ["told_at"])


def downgrade() -> None:
    """Takes it back."""
    for table in (
        "sandbox_question",
        "data_contradiction",
        "data_read",
        "data_wait",
        "data_answer",
        "data_mount",
        "data_step",
        "data_sharing",
    ):
        op.drop_table(table)
