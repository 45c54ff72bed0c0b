"""Payment orders, their notices, refunds, tickets and days, and the sandbox channel's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_payments"
down_revision = "0014_prefill_and_bookings"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _text(name: str, length: int, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=null)


def _fen(name: str) -> sa.Column[int]:
    return sa.Column(name, BIG, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _own_id() -> sa.Column[int]:
    return sa.Column("id", BIG, autoincrement=True, nullable=False)


def _of(name: str, target: str, *, null: bool = False) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return sa.Column(name, BIG, nullable=null), sa.ForeignKeyConstraint([name], [f"{target}.id"])


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "payment_order",
        _own_id(),
        _text("number", 40),
        *_of("case_id", "case_file"),
        *(_text(name, length) for name, length in (("token", 40), ("item", 80), ("paid_for", 64))),
        _fen("amount_fen"),
        _text("state", 12),
        _moment("made_at"),
        _moment("until"),
        _text("trade", 40, null=True),
        _fen("received_fen"),
        _moment("paid_at", null=True),
        _text("receipt", 60, null=True),
        _moment("ask_at", null=True),
        _count("asked"),
        sa.PrimaryKeyConstraint("id"),
        *(sa.UniqueConstraint(name) for name in ("number", "case_id", "token", "trade", "receipt")),
    )
    op.create_index("payment_order_paid_for", "payment_order", ["paid_for", "item"])
    op.create_table(
        "payment_step",
        _own_id(),
        *_of("order_id", "payment_order"),
        *(_text(name, 12) for name in ("event", "state_before", "state_after")),
        _text("actor", 40),
        _text("reason", 200),
        _moment("at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "payment_notice",
        _text("id", 40),
        *_of("order_id", "payment_order"),
        _text("trade", 40),
        _fen("amount_fen"),
        _text("result", 20),
        _moment("received_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "payment_refund",
        _text("number", 40),
        *_of("order_id", "payment_order"),
        _text("trade", 40),
        _fen("amount_fen"),
        *(_text(name, length) for name, length in (("reason", 200), ("actor", 40), ("state", 10))),
        _moment("asked_at"),
        _moment("done_at", null=True),
        _moment("try_at", null=True),
        _count("tries"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("trade"),
    )
    op.create_table(
        "payment_ticket",
        _own_id(),
        *(_text(name, length) for name, length in (("kind", 20), ("about", 80), ("region", 12))),
        *_of("case_id", "case_file", null=True),
        sa.Column("day", sa.Date(), nullable=False),
        _fen("ours_fen"),
        _fen("theirs_fen"),
        _text("state", 8),
        _text("done", 200),
        _moment("made_at"),
        _moment("closed_at", null=True),
        _text("closed_by", 40, null=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payment_ticket_once", "payment_ticket", ["kind", "about"], unique=True)
    op.create_table(
        "payment_day",
        sa.Column("day", sa.Date(), nullable=False),
        *(_count(name) for name in ("ours_count", "theirs_count", "differences")),
        *(_fen(name) for name in ("ours_fen", "theirs_fen", "refunds_fen")),
        _moment("run_at"),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "sandbox_till",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(_text(name, 10) for name in ("notice", "query", "refund", "statement")),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("public", "key_sealed")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sandbox_bill",
        _text("number", 40),
        _text("key", 40),
        _fen("amount_fen"),
        _text("title", 80),
        _text("back_to", 300),
        _text("state", 10),
        _text("trade", 40, null=True),
        _moment("paid_at", null=True),
        _text("refund", 40, null=True),
        _moment("refunded_at", null=True),
        sa.PrimaryKeyConstraint("number"),
        *(sa.UniqueConstraint(name) for name in ("key", "trade")),
    )
    op.create_table(
        "sandbox_notice",
        _text("id", 40),
        _text("body", 1000),
        _moment("due_at", null=True),
        _count("tries"),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, column in (
        ("payment_order", "state"),
        ("payment_order", "paid_at"),
        ("payment_order", "ask_at"),
        ("payment_step", "order_id"),
        ("payment_notice", "order_id"),
        ("payment_refund", "order_id"),
        ("payment_refund", "try_at"),
        ("payment_ticket", "region"),
        ("payment_ticket", "state"),
        ("sandbox_bill", "paid_at"),
        ("sandbox_bill", "refunded_at"),
        ("sandbox_notice", "due_at"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Takes it back."""
    for table in (
        "sandbox_notice", "sandbox_bill", "sandbox_till", "payment_day", "payment_ticket", "payment_refund",
        "payment_notice", "payment_step", "payment_order",
    ):  # fmt: skip
        op.drop_table(table)
