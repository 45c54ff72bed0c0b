"""Who asked what about whom: a terminal, for an item, of a person known here by a keyed hash only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class PrefillAsked(Base):
    """One question, and under which names it was answered; the answer itself is kept nowhere."""

    __tablename__ = "prefill_asked"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"), index=True)
    item: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    level: Mapped[str] = mapped_column(String(20))
    told: Mapped[list[Any]]
    asked_at: Mapped[datetime] = mapped_column(index=True)
