"""What people must hear, how each channel told it, and who may be written to at which number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class Notice(Base):
    """One thing that somebody must hear of a case; made once for its case, kind and occasion, whatever happens twice.

    It is who applied that must hear it, or, where `subject` names somebody, that person: a party who is asked.
    From `sms_state` on: how far `hub.notices.course` has come with it.
    """

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(20))  # decision | papers | picture | due | slip | rating_reply | confirm
    occasion: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told_by: Mapped[str | None] = mapped_column(String(80))  # terminal:ID | sms:TICKET | call:CLERK | case: it is over
    sms_state: Mapped[str] = mapped_column(String(10), default="none")
    sms_ticket: Mapped[str] = mapped_column(String(20), default="")
    sms_asks: Mapped[int] = mapped_column(default=0)
    sms_trouble: Mapped[str] = mapped_column(String(12), default="")
    sms_since: Mapped[datetime | None]
    sms_next_at: Mapped[datetime | None] = mapped_column(index=True)
    call_at: Mapped[datetime | None] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(64), default="", index=True)  # the keyed hash; empty: who applied
    masked: Mapped[str] = mapped_column(String(80), default="")  # what a clerk calls that person
    call_by: Mapped[datetime | None]

    __table_args__ = (
        Index("notice_once", "case_id", "kind", "occasion", unique=True),
        Index("notice_untold", "told_at", "id"),
    )


class NoticeStep(Base):
    """One thing that a channel did about a notice: who, when, and what came of it; never changed."""

    __tablename__ = "notice_step"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    channel: Mapped[str] = mapped_column(String(6))  # card | sms | call
    word: Mapped[str] = mapped_column(String(12))
    who: Mapped[str] = mapped_column(String(80))  # the terminal, the gateway's ticket, or the clerk
    at: Mapped[datetime]


class NoticeContact(Base):
    """Where somebody has agreed to be written to, by which case; the number rests sealed, its owner as a keyed hash."""

    __tablename__ = "notice_contact"
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(12), default="")  # withdrawn | refused | wrong


class SandboxText(Base):
    """What the sandbox SMS gateway (演示) was given to send; the number only as it is shown."""

    __tablename__ = "sandbox_text"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    ticket: Mapped[str] = mapped_column(String(20), unique=True)
    to: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(String(200))
    taken_at: Mapped[datetime]
    asked: Mapped[int]  # how often it was given the same
