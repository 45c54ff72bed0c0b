"""Wrong passwords by network address: whoever tries many accounts is held up, whichever replica is asked.

The lock of an account does not see somebody who tries one password on every account; this does. A right password
takes nothing back, or whoever has one account could go on guessing others from the same place.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.identity.tables import StaffGuess
from hub.settings import HubSettings


def held_up(session: Session, settings: HubSettings, address: str, now: datetime) -> datetime | None:
    """Until when nobody signs in from there; None where one may try."""
    row = session.get(StaffGuess, address)
    return None if row is None or row.until <= now or row.tries < settings.address_tries else row.until


def count_guess(session: Session, settings: HubSettings, address: str, now: datetime) -> None:
    """One wrong password more from there. Of more addresses than are remembered the oldest go."""
    until = now + timedelta(minutes=settings.lockout_minutes)
    session.execute(delete(StaffGuess).where(StaffGuess.until <= now))
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    added = kind.insert(StaffGuess).values(address=address, tries=1, until=until)
    session.execute(
        added.on_conflict_do_update(
            index_elements=[StaffGuess.address], set_={"tries": StaffGuess.tries + 1, "until": until}
        )
    )
    if (session.scalar(select(func.count()).select_from(StaffGuess)) or 0) > settings.watched_callers:
        oldest = select(StaffGuess.address).order_by(StaffGuess.until, StaffGuess.tries).limit(1)
        session.execute(delete(StaffGuess).where(StaffGuess.address.in_(oldest.scalar_subquery())))
