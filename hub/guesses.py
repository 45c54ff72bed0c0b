"""Guesses by whom they come from: wrong passwords, and claim codes that no case has; all replicas count together.

The lock of an account does not see somebody who tries one password on every account; this does. A right one takes
nothing back, or whoever has one account, or one slip, could go on guessing others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.database import Database
from hub.identity.tables import StaffGuess
from hub.moments import Clock
from hub.settings import HubSettings

PASSWORD: Final = ""
CODE: Final = "code "


@dataclass(frozen=True, slots=True)
class Bound:
    """So many wrong ones from one place, then nothing more is heard from there for as long."""

    kind: str
    tries: int
    minutes: float


def of_passwords(settings: HubSettings) -> Bound:
    """How many wrong passwords."""
    return Bound(PASSWORD, settings.address_tries, settings.lockout_minutes)


def of_codes(settings: HubSettings) -> Bound:
    """How many claim codes that no case has; a mistyped one is no guess, for its check digit tells it already."""
    return Bound(CODE, settings.code_misses, settings.code_misses_minutes)


def held_up(session: Session, bound: Bound, caller: str, now: datetime) -> datetime | None:
    """Until when nobody is heard from there; None where one may try."""
    row = session.get(StaffGuess, bound.kind + caller)
    return None if row is None or row.until <= now or row.tries < bound.tries else row.until


def left(session: Session, bound: Bound, caller: str, now: datetime) -> int:
    """How many more wrong ones are heard from there now."""
    row = session.get(StaffGuess, bound.kind + caller)
    return bound.tries if row is None or row.until <= now else max(0, bound.tries - row.tries)


def wait_s(database: Database, settings: HubSettings, caller: str, clock: Clock) -> float:
    """For how long no claim code is looked up for this caller; 0 where one may ask."""
    now = clock()
    with database.reading() as session:
        until = held_up(session, of_codes(settings), caller, now)
    return 0.0 if until is None else max(1.0, (until - now).total_seconds())


def missed(database: Database, settings: HubSettings, caller: str, clock: Clock, many: int = 1) -> None:
    """So many claim codes were well formed and are nobody's."""
    with database.writing() as session:
        count_guess(session, of_codes(settings), settings.watched_callers, caller, clock(), many)


def count_guess(session: Session, bound: Bound, remembered: int, caller: str, now: datetime, many: int = 1) -> None:
    """So many wrong ones more from there. Of more callers than are remembered the oldest goes."""
    until = now + timedelta(minutes=bound.minutes)
    session.execute(delete(StaffGuess).where(StaffGuess.until <= now))
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    added = kind.insert(StaffGuess).values(address=bound.kind + caller, tries=many, until=until)
    counted = {"tries": StaffGuess.tries + many, "until": until}
    session.execute(added.on_conflict_do_update(index_elements=[StaffGuess.address], set_=counted))
    if (session.scalar(select(func.count()).select_from(StaffGuess)) or 0) > remembered:
        oldest = select(StaffGuess.address).order_by(StaffGuess.until, StaffGuess.tries).limit(1)
        session.execute(delete(StaffGuess).where(StaffGuess.address.in_(oldest.scalar_subquery())))
