"""What is remembered of developers' lists: the homes on them, by keyed hash and mask only, and how each list fared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class HouseEntry(Base):
    """A home that a developer has handed over to somebody."""

    __tablename__ = "house_entry"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    developer: Mapped[str] = mapped_column(String(20))
    project_code: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(80))  # project, building, room as people say it
    house: Mapped[str] = mapped_column(String(12))  # 不动产单元号
    subject: Mapped[str] = mapped_column(String(64), index=True)
    masked: Mapped[str] = mapped_column(String(40))
    area: Mapped[str] = mapped_column(String(20))  # square metres, as the list has it
    price_fen: Mapped[int] = mapped_column(BIG)
    delivered_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))  # ready | disputed | done | taken_back
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)  # the whole that it is for
    list_number: Mapped[str] = mapped_column(String(24))  # that said so last
    changed_at: Mapped[datetime]

    __table_args__ = (Index("house_entry_of", "house", "subject", unique=True),)


class HouseList(Base):
    """A list that was taken, and what its developer is to hear of it."""

    __tablename__ = "house_list"
    number: Mapped[str] = mapped_column(String(24), primary_key=True)  # the developer's own
    developer: Mapped[str] = mapped_column(String(20), index=True)
    lines: Mapped[int]
    taken: Mapped[int]  # lines that were believed
    faults: Mapped[list[Any]]  # [line, sentence] of each that was not
    taken_at: Mapped[datetime]
    told: Mapped[bool] = mapped_column(default=False)
    tells: Mapped[int] = mapped_column(default=0)  # in vain
    tell_at: Mapped[datetime]

    __table_args__ = (Index("house_list_untold", "told", "tell_at"),)


class HouseSource(Base):
    """How asking a developer for lists goes."""

    __tablename__ = "house_source"
    developer: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[str] = mapped_column(String(24), default="")  # the last list that was taken
    asks: Mapped[int] = mapped_column(default=0)  # in vain, one after the other
    trouble: Mapped[str] = mapped_column(String(10), default="")  # silent | doubtful
    next_at: Mapped[datetime]


class SandboxHouseList(Base):
    """A list in the sandbox developer's own books (演示), and what it heard of it."""

    __tablename__ = "sandbox_house_list"
    seq: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    developer: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(24), unique=True)
    lines: Mapped[list[Any]]
    given: Mapped[int] = mapped_column(default=0)  # so often it was asked for
    given_at: Mapped[datetime]
    heard: Mapped[list[Any]]
    heard_at: Mapped[datetime | None]
