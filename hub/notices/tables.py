"""What people must hear, and how it was tried to tell them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class Notice(Base):
    """One thing that who applied must hear; made once for its case, kind and occasion, whatever happens twice."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(20))  # decision | papers | rating_reply
    occasion: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]  # when it reached a terminal at which her card lay, or she was called
    told_by: Mapped[str | None] = mapped_column(String(80))  # terminal:ID | call:CLERK

    __table_args__ = (
        Index("notice_once", "case_id", "kind", "occasion", unique=True),
        Index("notice_untold", "told_at", "id"),
    )


class NoticeCall(Base):
    """One call about a notice: whether somebody was reached."""

    __tablename__ = "notice_call"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    staff: Mapped[str] = mapped_column(String(40))
    reached: Mapped[bool]
    at: Mapped[datetime]
