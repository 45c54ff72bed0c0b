"""The second factor of the staff, and who did what at the accounts; the log only ever grows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class StaffFactor(Base):
    """The secret of somebody's one-time codes, sealed to the hub; it counts from the first right code on."""

    __tablename__ = "staff_factor"
    staff: Mapped[str] = mapped_column(ForeignKey("staff.name"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    step: Mapped[int] = mapped_column(BIG, default=0)  # of the last code that was spent: no code counts twice
    confirmed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    made_at: Mapped[datetime]


class StaffGuess(Base):
    """How many wrong passwords, or claim codes of nobody, came from one place lately; all replicas count together."""

    __tablename__ = "staff_guess"
    address: Mapped[str] = mapped_column(String(50), primary_key=True)  # or `code …`: see hub/guesses.py
    tries: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)  # then it is forgotten


class StaffRecovery(Base):
    """A code for the day on which the phone is gone: kept as a keyed hash, good once."""

    __tablename__ = "staff_recovery"
    staff: Mapped[str] = mapped_column(ForeignKey("staff.name"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class StaffEvent(Base):
    """One entry of the log of accounts and signing in; nothing changes or removes one."""

    __tablename__ = "staff_event"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))  # the account that did it; empty: a command on the hub's machine
    act: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(40), index=True)  # the account it was done to
    region: Mapped[str] = mapped_column(String(12), index=True)  # of that account
    detail: Mapped[str] = mapped_column(String(120))
    asked_by: Mapped[str] = mapped_column(String(40), default="")  # who began it, where `actor` had to confirm it


class StaffChange(Base):
    """What a system administrator has begun at an account and a second person has yet to confirm.

    Under a key that nobody can have used before: what somebody read is what she confirms.
    """

    __tablename__ = "staff_change"
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(40), index=True)  # the account
    role: Mapped[str] = mapped_column(String(20))  # which it has, or is to have
    region: Mapped[str] = mapped_column(String(12), index=True)
    subject: Mapped[str] = mapped_column(String(255), default="")  # at the province
    half_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # of the password: the half its beginner was told
    begun_by: Mapped[str] = mapped_column(String(40))
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class StaffProvince(Base):
    """Which account somebody has whom the province's identity provider knows; written by an administrator only."""

    __tablename__ = "staff_province"
    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.name"), unique=True)
    linked_at: Mapped[datetime]


class StaffProvinceFlow(Base):
    """A sign-in on its way to the provider and back; nothing of it can be used by whoever reads it here."""

    __tablename__ = "staff_province_flow"
    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
