"""Cases of two parties: who is asked, and the words that came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_parties"
down_revision = "0025_notice_channels"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "case_party",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", _BIG, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("masked", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("word_id", _BIG, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.ForeignKeyConstraint(["word_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("case_party_of", "case_party", ["case_id", "role"], unique=True)
    op.create_index("case_party_due", "case_party", ["answer", "due_on"])
    op.create_index("ix_case_party_subject", "case_party", ["subject"])
    op.create_table(
        "party_word",
        sa.Column("case_id", _BIG, nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("claim_hash", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("target_id", _BIG, nullable=True),
        sa.Column("told", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.ForeignKeyConstraint(["target_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("party_word_state", "party_word", ["state", "made_at"])
    for column in ("event", "claim_hash", "target_id"):
        op.create_index(f"ix_party_word_{column}", "party_word", [column])


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("party_word")
    op.drop_table("case_party")
