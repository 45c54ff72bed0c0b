"""Who is asked to confirm a case, and the words that came: by keyed hash and mask only."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class CaseParty(Base):
    """One who has to confirm a case, until a day."""

    __tablename__ = "case_party"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    role: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    masked: Mapped[str] = mapped_column(String(40))  # the number's mask; once confirmed, the name's
    answer: Mapped[str] = mapped_column(String(10))  # asked | confirmed | declined
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    word_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))  # the case of the word that counted

    __table_args__ = (
        Index("case_party_of", "case_id", "role", unique=True),
        Index("case_party_due", "answer", "due_on"),
    )


class PartyWord(Base):
    """A word that somebody said with their own card: which case it names, and what became of it."""

    __tablename__ = "party_word"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)  # the word's own case
    event: Mapped[str] = mapped_column(String(36), index=True)  # of the case it names; empty where it names a code
    claim_hash: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(64))
    yes: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(40))
    # new | early | counted | again | stranger | too_late | unknown | void
    state: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    told: Mapped[str] = mapped_column(String(80), default="")  # how the case stood when its terminal was told last
    made_at: Mapped[datetime]

    __table_args__ = (Index("party_word_state", "state", "made_at"),)
