"""What the hub remembers of vouchers, of who may read by them, and of every reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class VoucherReader(Base):
    """An outside party and the key it signs its requests with; the sandbox's own also keep theirs here, sealed."""

    __tablename__ = "voucher_reader"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    signing_public: Mapped[str] = mapped_column(String(44))
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # only of a sandbox (演示)
    made_at: Mapped[datetime]


class Voucher(Base):
    """A voucher: the token holds no name; whose facts it opens is sealed to the hub."""

    __tablename__ = "voucher"
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    holder_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reader: Mapped[str] = mapped_column(String(60))
    purpose: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(60))
    facts: Mapped[list[Any]]
    issued_at: Mapped[datetime]
    until: Mapped[datetime]
    token: Mapped[str] = mapped_column(String(1200))
    tell_at: Mapped[datetime | None] = mapped_column(index=True)  # when its terminal is to hear of it again
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(BIG)  # the case by which its holder took it back


class VoucherRead(Base):
    """One try to read by a voucher, whatever came of it."""

    __tablename__ = "voucher_read"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), index=True)
    reader: Mapped[str] = mapped_column(String(60))
    facts: Mapped[list[Any]]
    reference: Mapped[str] = mapped_column(String(60))  # the reader's own number of what it read for
    word: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
