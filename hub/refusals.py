"""What was refused at the hub's door, counted by the terminal it claimed to be and the reason: nobody can fill it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.database import Database
from hub.moments import Clock
from hub.tables import Refusal, Terminal

NOBODY: Final = ""
"""The row of everyone who claims to be a terminal that is not enrolled."""


@dataclass(slots=True)
class _Tally:
    count: int
    first: datetime
    last: datetime


class Refusals:
    """Counts in memory and writes each count at most once in `write_s` seconds, so that a flood costs no writes."""

    def __init__(self, database: Database, clock: Clock, write_s: float) -> None:
        self._database = database
        self._clock = clock
        self._write_s = timedelta(seconds=write_s)
        self._waiting: dict[tuple[str, str], _Tally] = {}
        self._written: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def note(self, claimed: str, reason: str) -> None:
        """Counts a refusal; `claimed` is an enrolled terminal's id, or NOBODY. `reason` is a problem's code."""
        now, key = self._clock(), (claimed, reason)
        with self._lock:
            tally = self._waiting.setdefault(key, _Tally(0, now, now))
            tally.count, tally.last = tally.count + 1, now
            written = self._written.get(key)
            if written is not None and now - written < self._write_s:
                return
        self.flush()

    def flush(self) -> None:
        """Writes what has been counted; what the database does not take now is written later."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
            self._written |= dict.fromkeys(taken, self._clock())
        if not taken:
            return
        try:
            with self._database.writing() as session:
                for (claimed, reason), tally in sorted(taken.items()):
                    _add(session, claimed, reason, tally)
        except SQLAlchemyError:
            with self._lock:
                for key, tally in taken.items():
                    newer = self._waiting.setdefault(key, _Tally(0, tally.first, tally.last))
                    newer.count, newer.first = newer.count + tally.count, tally.first


def claimed_by(session: Session, untrusted: str) -> str:
    """Under whose name a refusal is counted."""
    return untrusted if session.get(Terminal, untrusted[:64]) is not None else NOBODY


def refusals_of(session: Session, terminal_id: str) -> list[Refusal]:
    """What was refused in a terminal's name, the latest first."""
    wanted = select(Refusal).where(Refusal.terminal_id == terminal_id).order_by(Refusal.last_at.desc())
    return list(session.scalars(wanted))


def _add(session: Session, claimed: str, reason: str, tally: _Tally) -> None:
    row = session.get(Refusal, (claimed, reason), with_for_update=True)
    if row is None:
        row = Refusal(terminal_id=claimed, reason=reason, count=0, first_at=tally.first, last_at=tally.last)
        session.add(row)
    row.count, row.last_at = row.count + tally.count, max(row.last_at, tally.last)
    session.flush()
