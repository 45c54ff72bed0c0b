"""Credentials that end, terminals shut out or let in again, what was seen and what was refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_identity_of_the_link"
down_revision = "0004_slip_signers"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Takes the step."""
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credential_until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("revoked_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("revoked_by", sa.String(length=40), nullable=True))

    op.create_table(
        "reenrolment",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("user_code", sa.String(length=9), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("terminal_id"),
    )
    op.create_table(
        "seen_request",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("seen_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seen_request_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "refusal",
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "reason"),
    )


def downgrade() -> None:
    """Takes it back."""
    for table in ("refusal", "seen_request", "reenrolment"):
        op.drop_table(table)
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        for column in ("revoked_by", "revoked_at", "credential_until"):
            batch_op.drop_column(column)
