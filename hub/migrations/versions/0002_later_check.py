"""A clerk's later check: pictures, who saw them, and what a person decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_later_check"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture_sha256", sa.String(length=64), nullable=True))

    op.create_table(
        "blob",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("have", BIG, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_why", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("terminal_id", "sha256"),
    )
    with op.batch_alter_table("blob", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blob_deleted_at"), ["deleted_at"], unique=False)

    op.create_table(
        "blob_piece",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("start", BIG, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "sha256", "start"),
    )
    for table, own in (
        (
            "clerk_decision",
            (
                sa.Column("outcome", sa.String(length=10), nullable=False),
                sa.Column("reason", sa.String(length=300), nullable=False),
                sa.Column("staff", sa.String(length=40), nullable=False),
                sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
            ),
        ),
        (
            "picture_view",
            (
                sa.Column("staff", sa.String(length=40), nullable=False),
                sa.Column("what", sa.String(length=10), nullable=False),
                sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
            ),
        ),
    ):
        op.create_table(
            table,
            sa.Column("id", BIG, autoincrement=True, nullable=False),
            sa.Column("case_id", BIG, nullable=False),
            *own,
            sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
            sa.PrimaryKeyConstraint("id"),
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    """Takes it back."""
    for table in ("picture_view", "clerk_decision", "blob_piece", "blob"):
        op.drop_table(table)
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_column("picture_sha256")
