"""What others did to one's own account: told at the next sign-in, and kept on one's own page."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.identity.tables import StaffEvent

_ENTRIES: Final = ("signed_in", "province_in")
_TOLD: Final = ("changed", "password", "factor_ended", "linked", "unlinked", "closed", "opened", "enrolled")


def done_to(session: Session, name: str, most: int) -> list[StaffEvent]:
    """The latest entries about an account, newest first."""
    wanted = select(StaffEvent).where(StaffEvent.about == name).order_by(StaffEvent.id.desc())
    return list(session.scalars(wanted.limit(most)))


def new_to(session: Session, name: str) -> frozenset[int]:
    """Which entries of others came between the last two sign-ins; none before the account was ever used."""
    mine = StaffEvent.about == name
    entered = select(StaffEvent.id).where(mine, StaffEvent.act.in_(_ENTRIES)).order_by(StaffEvent.id.desc()).limit(2)
    last = list(session.scalars(entered))
    if len(last) < 2:
        return frozenset()
    others = mine, StaffEvent.act.in_(_TOLD), StaffEvent.actor != name, StaffEvent.id > last[1]
    return frozenset(session.scalars(select(StaffEvent.id).where(*others)))
