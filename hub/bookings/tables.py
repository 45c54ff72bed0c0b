"""What is booked."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import Base


class Booking(Base):
    """A place of a case; the case is the key, so that a decision made twice books once, and no seat is given twice."""

    __tablename__ = "booking"
    __table_args__ = (UniqueConstraint("item", "slot", "seat"),)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(80))
    slot: Mapped[str] = mapped_column(String(40))
    seat: Mapped[int]
