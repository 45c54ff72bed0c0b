"""Authorisation vouchers, who may read by them, and every reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_vouchers"
down_revision = "0011_papers"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "voucher_reader",
        *(_text(name, length) for name, length in (("id", 60), ("name", 40), ("signing_public", 44))),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "voucher",
        _text("id", 24),
        sa.Column("case_id", BIG, nullable=False),
        _text("subject", 64),
        sa.Column("holder_sealed", sa.LargeBinary(), nullable=False),
        *(_text(name, length) for name, length in (("reader", 60), ("purpose", 40), ("scope", 60))),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _text("token", 1200),
        sa.Column("tell_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    op.create_index("ix_voucher_subject", "voucher", ["subject"])
    op.create_index("ix_voucher_tell_at", "voucher", ["tell_at"])
    op.create_table(
        "voucher_read",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        *(_text(name, length) for name, length in (("voucher_id", 24), ("reader", 60))),
        sa.Column("facts", sa.JSON(), nullable=False),
        *(_text(name, length) for name, length in (("reference", 60), ("word", 20))),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_voucher_read_voucher_id", "voucher_read", ["voucher_id"])


def downgrade() -> None:
    """Takes it back."""
    for table in ("voucher_read", "voucher", "voucher_reader"):
        op.drop_table(table)
