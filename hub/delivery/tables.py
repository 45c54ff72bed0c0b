"""What is remembered of deliveries, and of the sandbox courier's parcels; an address rests only in the application."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import Base


class Delivery(Base):
    """How the result of a case reaches its owner, and how far it is."""

    __tablename__ = "delivery"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    way: Mapped[str] = mapped_column(String(10))  # post | collect
    hall: Mapped[str] = mapped_column(String(60))  # the unit where it is collected
    state: Mapped[str] = mapped_column(String(10), index=True)
    attempt: Mapped[int] = mapped_column(default=1)
    waybill: Mapped[str | None] = mapped_column(String(20))
    asks: Mapped[int] = mapped_column(default=0)  # in vain, one after the other
    next_at: Mapped[datetime] = mapped_column(index=True)
    moved_at: Mapped[datetime]
    trouble: Mapped[str] = mapped_column(String(20), default="")  # silent | doubtful | late


class SandboxParcel(Base):
    """A parcel of the sandbox courier (演示)."""

    __tablename__ = "sandbox_parcel"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    waybill: Mapped[str] = mapped_column(String(20), unique=True)
    taken_at: Mapped[datetime]


class SandboxManner(Base):
    """How a sandbox party behaves at the moment: well, late, wrong, silent, or everything twice."""

    __tablename__ = "sandbox_manner"
    party: Mapped[str] = mapped_column(String(20), primary_key=True)
    manner: Mapped[str] = mapped_column(String(10))
