"""What was drawn to be looked at again, what came of it, and of which days there was a draw."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import Base


class RecheckDraw(Base):
    """A day whose draw was made; the row keeps a second replica from making it again."""

    __tablename__ = "recheck_draw"
    day: Mapped[date] = mapped_column(primary_key=True)
    decided: Mapped[int]  # cases that rules alone had settled
    drawn: Mapped[int]
    drawn_at: Mapped[datetime]


class CaseRecheck(Base):
    """A case that a clerk is to look at again; nothing of the case itself changes by it."""

    __tablename__ = "case_recheck"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    day: Mapped[date]  # on which the rule decided
    outcome: Mapped[str] = mapped_column(String(10))  # approve | refuse: what the rule said
    due_on: Mapped[date]
    word: Mapped[str] = mapped_column(String(8), default="")  # right | wrong; empty: nobody has looked yet
    reason: Mapped[str] = mapped_column(String(300), default="")
    staff: Mapped[str] = mapped_column(String(40), default="")
    answered_at: Mapped[datetime | None]
    followed: Mapped[str] = mapped_column(String(8), default="")  # of a wrong one: review | ticket
    done: Mapped[str] = mapped_column(String(300), default="")  # what was done about a ticket
    settled_by: Mapped[str] = mapped_column(String(40), default="")
    settled_at: Mapped[datetime | None]

    __table_args__ = (Index("case_recheck_word", "word", "due_on"), Index("case_recheck_day", "day"))
