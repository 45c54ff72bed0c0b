"""What residents said of services, and the tickets that bad ratings opened; a ticket's journal only ever grows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class Rating(Base):
    """What a resident said of the service of a case; one for each case (一事一评)."""

    __tablename__ = "rating"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    level: Mapped[int]
    options: Mapped[list[Any]]
    version: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(String(200))  # never published
    way: Mapped[str] = mapped_column(String(10))  # terminal | phone | call_back
    staff: Mapped[str | None] = mapped_column(String(40))  # who wrote down what was said on the telephone
    given_at: Mapped[datetime]
    month: Mapped[str] = mapped_column(String(7), index=True)
    region: Mapped[str] = mapped_column(String(12))
    item: Mapped[str] = mapped_column(String(80))
    set_aside: Mapped[bool] = mapped_column(default=False)  # found malicious by two people; counted apart


class RatingTicket(Base):
    """What a bad rating asks for: a call, something mended or explained, an answer, and a second pair of eyes."""

    __tablename__ = "rating_ticket"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("rating.case_id"), unique=True)
    region: Mapped[str] = mapped_column(String(12), index=True)  # the division whose unit the case lies with
    state: Mapped[str] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # empty until it is judged: clear | complex | no_basis | malicious
    unreached: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[str] = mapped_column(String(40))  # whose answer, extension or appeal a second person looks at
    asked_days: Mapped[int] = mapped_column(default=0)
    dismissed: Mapped[bool] = mapped_column(default=False)  # an appeal was, and is not made again
    begins_on: Mapped[date]
    limit_days: Mapped[int]
    extra_days: Mapped[int] = mapped_column(default=0)
    contacted_on: Mapped[date | None]
    draft: Mapped[str] = mapped_column(String(300))
    reply: Mapped[str] = mapped_column(String(300))  # what the resident reads
    closed_at: Mapped[datetime | None]
    closed_month: Mapped[str | None] = mapped_column(String(7))
    in_time: Mapped[bool | None]

    __table_args__ = (Index("rating_ticket_closed", "closed_month"),)


class RatingStep(Base):
    """One entry of a ticket's journal."""

    __tablename__ = "rating_step"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("rating_ticket.id"), index=True)
    act: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(40))
    state_after: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
