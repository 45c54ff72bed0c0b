"""Who asked for a person; one row for each case, so that asking twice counts once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import Base


class CaseReview(Base):
    """A rule's refusal that a person is to look at again."""

    __tablename__ = "case_review"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(12))  # see hub.reviews.asking.Why
    way: Mapped[str] = mapped_column(String(10))  # terminal | phone | recheck
    asked_at: Mapped[datetime]
