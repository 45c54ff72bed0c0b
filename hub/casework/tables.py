"""What is remembered of how a case went on; the journal is only ever added to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class CaseStep(Base):
    """One entry of a case's journal: who did what and when, from which state to which, and why."""

    __tablename__ = "case_step"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # applicant | rule | clerk | clock | party
    actor: Mapped[str] = mapped_column(String(40))
    state_before: Mapped[str] = mapped_column(String(12))
    state_after: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]


class CaseNeed(Base):
    """A paper that a case waits for, until a day: promised at the terminal or asked for by a clerk."""

    __tablename__ = "case_need"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    document: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))  # open | brought | lapsed
    due_on: Mapped[date]
    at_end: Mapped[str] = mapped_column(String(10))  # refuse | withdraw
    remind_on: Mapped[date]
    reminded_at: Mapped[datetime | None]
    brought_at: Mapped[datetime | None]
    brought_by: Mapped[str | None] = mapped_column(String(40))  # the event that brought it, or the clerk who took it
    brought_from: Mapped[str | None] = mapped_column(String(12))  # scan | certificate | counter

    __table_args__ = (
        Index("case_need_of", "case_id", "document", unique=True),
        Index("case_need_due", "state", "due_on"),
    )


class CaseCall(Base):
    """An event about a case that is there already, kept until a worker has taken it up."""

    __tablename__ = "case_call"
    source: Mapped[str] = mapped_column(String(100), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    type: Mapped[str] = mapped_column(String(120))
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(String(80), default="")
