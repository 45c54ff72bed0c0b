"""What is remembered of cases that lie with an outside party, and of the sandbox parties' own books."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class OutsideAsk(Base):
    """One case that was handed to an outside party, and what came back."""

    __tablename__ = "outside_ask"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(12), index=True)
    state: Mapped[str] = mapped_column(String(10))  # wanted | taken | done | refused | void
    reference: Mapped[str | None] = mapped_column(String(24))
    amount_fen: Mapped[int] = mapped_column(BIG, default=0)  # asked for
    offered_fen: Mapped[int] = mapped_column(BIG, default=0)
    rows: Mapped[list[Any]]
    asks: Mapped[int] = mapped_column(default=0)  # in vain, one after the other
    trouble: Mapped[str] = mapped_column(String(10), default="")  # silent | doubtful | late
    next_at: Mapped[datetime]
    since: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (Index("outside_ask_due", "state", "next_at"),)


class SandboxRequest(Base):
    """A request in the books of a sandbox party (演示)."""

    __tablename__ = "sandbox_request"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    party: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    item: Mapped[str] = mapped_column(String(80))
    amount_fen: Mapped[int] = mapped_column(BIG)
    months: Mapped[int]  # that a voucher let it read; of no voucher none
    read: Mapped[bool]  # whether a voucher opened anything
    taken_at: Mapped[datetime]
