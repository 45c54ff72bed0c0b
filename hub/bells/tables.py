"""The bells that terminals rang."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class Bell(Base):
    """One call for a person; it says where and on which screen, and never who called."""

    __tablename__ = "bell"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    ring: Mapped[str] = mapped_column(String(32))  # the terminal's own id of it
    terminal_id: Mapped[str] = mapped_column(ForeignKey("terminal.id"))
    region: Mapped[str] = mapped_column(String(12))
    screen: Mapped[str] = mapped_column(String(30))
    rung_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(40))
    answered_region: Mapped[str | None] = mapped_column(String(12))  # of whoever answered, as it was then
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(40))
    what: Mapped[str | None] = mapped_column(String(12))  # what it was, see hub.bells.standing.What

    __table_args__ = (
        Index("bell_ring", "terminal_id", "ring", unique=True),
        Index("bell_terminal", "terminal_id", "id"),
        Index("bell_region", "region", "rung_at"),
    )
