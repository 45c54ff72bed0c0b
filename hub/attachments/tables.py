"""What is remembered of an application's attachments; their keys stay sealed in the events that brought them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class CaseAttachment(Base):
    """One attachment of a case: which event names it, and what a clerk has said of it."""

    __tablename__ = "case_attachment"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    source: Mapped[str] = mapped_column(String(100))
    event_id: Mapped[str] = mapped_column(String(36))
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))  # which brought it
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # scan | photo | voice | signature
    name: Mapped[str] = mapped_column(String(60))  # the paper's id, or the item's id of what it asked for
    pages: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[str | None] = mapped_column(String(40))
    refused_why: Mapped[str | None] = mapped_column(String(300))
