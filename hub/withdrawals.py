"""Whoever was asked to come again and did: the case that waited for it is closed, and its terminal is told why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.answers import Addressee, addressee_of, conclude
from hub.casework.state import By
from hub.gateway.words import SOURCE
from hub.hub import Hub
from hub.opened_application import read_application
from hub.parties.standing import PARTIES, WORD
from hub.payments.orders import PAYMENT
from hub.referrals.words import OUTSIDE
from hub.tables import Case

_LOOKED_AT: Final = 20
_MOST: Final = 5  # each costs a stretched key; whatever is left over goes with the next application


@dataclass(frozen=True, slots=True)
class Outdated:
    """A waiting case that a newer application has made needless, and whom to tell."""

    case_id: int
    addressee: Addressee | None


def outdated_by(session: Session, hub: Hub, case: Case, whose: str) -> tuple[Outdated, ...]:
    """The older cases of the same person and item that wait for exactly this; slow, so made before any lock.

    `whose` is the number of whom the new one is for: what somebody has applied for on behalf of another of the family
    goes on. One that waits to be paid, for a source or for somebody's word is let be: it ends by itself.
    """
    older = select(Case).where(Case.subject == case.subject, Case.item == case.item, Case.state == "waiting")
    older = older.where(or_(Case.waits_for.is_(None), Case.waits_for.not_in((PAYMENT, SOURCE, OUTSIDE, PARTIES, WORD))))
    found = session.scalars(older.where(Case.id < case.id).order_by(Case.id).limit(_LOOKED_AT))
    same = [(each, applied) for each in found if (applied := read_application(session, hub, each)) is not None]
    same = [(each, applied) for each, applied in same if applied.whom().upper() == whose.upper()]
    return tuple(Outdated(each.id, addressee_of(applied)) for each, applied in same[:_MOST])


def withdraw(session: Session, hub: Hub, outdated: tuple[Outdated, ...]) -> None:
    """Closes what still waits, in the caller's transaction, which has locked these cases."""
    reason = {"code": "applied_again", "text": hub.texts("hub.reason.applied_again")}
    for each in outdated:
        case = session.get_one(Case, each.case_id)
        if case.state == "waiting":  # a clerk may have been quicker
            conclude(session, hub, case, "apply_again", By("applicant"), [reason], each.addressee)


def read_addressee(session: Session, hub: Hub, case: Case) -> Addressee | None:
    """Whom to tell about a case; None when its application cannot be opened."""
    applied = read_application(session, hub, case)
    return None if applied is None else addressee_of(applied)
