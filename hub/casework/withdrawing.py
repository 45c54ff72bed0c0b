"""What who applied may still take back: a place that was booked, or a case that nobody has settled yet."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from hub.bookings.offered import place_until
from hub.casework.state import By, may
from hub.hub import Hub
from hub.moments import local_day
from hub.parties.standing import WORD, item_of, parties_of, unconfirmed
from hub.referrals.words import OUTSIDE
from hub.tables import Case
from offline.wire.changes import Withdrawable

APPLICANT: Final = By("applicant")
GIVEN_BACK: Final = "place_given_back"
_WITH_OTHERS: Final = (OUTSIDE, WORD)
"""What a case waits for when it lies with somebody else: it can be taken back, but nobody is invited to."""


def may_withdraw(session: Session, hub: Hub, case: Case) -> bool:
    """Whether the case itself can be taken back; of several parties not once the others have signed."""
    if parties_of(hub, case.item) is not None and not unconfirmed(session, hub, case):
        return False
    return may(case.state, "withdraw", APPLICANT.kind)


def withdrawable(session: Session, hub: Hub, case: Case) -> Withdrawable | None:
    """What a terminal offers to take back; None where there is nothing, or it lies with somebody else."""
    if (until := place_until(session, case, item_of(hub, case.item))) is not None:
        if until < local_day(hub.clock()):
            return None
        return Withdrawable(what="place", until=until.isoformat())
    if case.waits_for in _WITH_OTHERS or not may_withdraw(session, hub, case):
        return None
    return Withdrawable(what="case")


def is_given_back(case: Case) -> bool:
    """Whether the place that the case booked is somebody else's now."""
    return any(reason.get("code") == GIVEN_BACK for reason in case.reasons)
