"""What the hub remembers of payments, and beside it the sandbox channel's own books (演示)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class PaymentOrder(Base):
    """The one order of a case: what is to be paid, until when, and what came of it. There is none without a case."""

    __tablename__ = "payment_order"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)  # stands in the QR
    item: Mapped[str] = mapped_column(String(80))
    paid_for: Mapped[str] = mapped_column(String(64))  # keyed hash of whoever it is paid for
    amount_fen: Mapped[int] = mapped_column(BIG)
    state: Mapped[str] = mapped_column(String(12), index=True)
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    trade: Mapped[str | None] = mapped_column(String(40), unique=True)
    received_fen: Mapped[int] = mapped_column(BIG, default=0)
    paid_at: Mapped[datetime | None] = mapped_column(index=True)
    receipt: Mapped[str | None] = mapped_column(String(60), unique=True)
    ask_at: Mapped[datetime | None] = mapped_column(index=True)  # when the worker looks next; none: nothing is open
    asked: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("payment_order_paid_for", "paid_for", "item"),)


class PaymentStep(Base):
    """One entry of an order's journal; nothing ever changes or removes one."""

    __tablename__ = "payment_step"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), index=True)
    event: Mapped[str] = mapped_column(String(12))
    state_before: Mapped[str] = mapped_column(String(12))
    state_after: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class PaymentNotice(Base):
    """A notice that was believed, kept so that it counts once."""

    __tablename__ = "payment_notice"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), index=True)
    trade: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int] = mapped_column(BIG)
    result: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]


class PaymentRefund(Base):
    """Money that goes back; one for each payment, for ever."""

    __tablename__ = "payment_refund"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"), index=True)
    trade: Mapped[str] = mapped_column(String(40), unique=True)
    amount_fen: Mapped[int] = mapped_column(BIG)
    reason: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))  # asked | done | refused
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    try_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)


class PaymentTicket(Base):
    """A difference that somebody has to look at; found once, however often it is looked for."""

    __tablename__ = "payment_ticket"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(80))  # the order's or the channel's number
    region: Mapped[str] = mapped_column(String(12), index=True)  # empty: belongs to no case we know
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    day: Mapped[date]
    ours_fen: Mapped[int] = mapped_column(BIG)
    theirs_fen: Mapped[int] = mapped_column(BIG)
    state: Mapped[str] = mapped_column(String(8), index=True)  # open | closed
    done: Mapped[str] = mapped_column(String(200))  # what was done about it, in words
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (Index("payment_ticket_once", "kind", "about", unique=True),)


class PaymentDay(Base):
    """A day that was reconciled: both sums, and how many differences there were the last time."""

    __tablename__ = "payment_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    ours_count: Mapped[int]
    ours_fen: Mapped[int] = mapped_column(BIG)
    theirs_count: Mapped[int]
    theirs_fen: Mapped[int] = mapped_column(BIG)
    refunds_fen: Mapped[int] = mapped_column(BIG)
    differences: Mapped[int]
    run_at: Mapped[datetime]


class SandboxTill(Base):
    """The sandbox channel (演示): how it behaves now, and the key its notices are signed with."""

    __tablename__ = "sandbox_till"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    notice: Mapped[str] = mapped_column(String(10))
    query: Mapped[str] = mapped_column(String(10))
    refund: Mapped[str] = mapped_column(String(10))
    statement: Mapped[str] = mapped_column(String(10))
    public: Mapped[bytes] = mapped_column(LargeBinary)
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SandboxBill(Base):
    """A bill in the sandbox's books."""

    __tablename__ = "sandbox_bill"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)  # of its cashier page
    amount_fen: Mapped[int] = mapped_column(BIG)
    title: Mapped[str] = mapped_column(String(80))
    back_to: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10))  # open | paid | declined | closed
    trade: Mapped[str | None] = mapped_column(String(40), unique=True)
    paid_at: Mapped[datetime | None] = mapped_column(index=True)
    refund: Mapped[str | None] = mapped_column(String(40))
    refunded_at: Mapped[datetime | None] = mapped_column(index=True)


class SandboxNotice(Base):
    """A notice the sandbox still owes the hub."""

    __tablename__ = "sandbox_notice"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(String(1000))
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # none: taken, or given up
    tries: Mapped[int] = mapped_column(default=0)
