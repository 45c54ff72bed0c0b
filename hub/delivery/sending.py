"""Sends what was approved and follows it: every question to a courier is asked outside of any transaction."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, addressee_of, answer, lock_cases
from hub.applications import Wish
from hub.background import BackgroundWorker
from hub.casework.state import OPEN
from hub.delivery.course import UNDER_WAY, Standing, fold, is_waybill
from hub.delivery.port import Courier, CourierSilent, Parcel, Scan
from hub.delivery.standing import address_of
from hub.delivery.tables import Delivery
from hub.hub import Hub
from hub.opened_application import read_application
from hub.outside import wait
from hub.tables import Case

log = logging.getLogger(__name__)
_FOLLOWED: Final = ("wanted", *UNDER_WAY)


class DeliveryWorker(BackgroundWorker):
    """One thread beside the decision worker: a courier that does not answer holds nobody up."""

    def __init__(self, hub: Hub, courier: Courier) -> None:
        self._hub = hub
        self._courier = courier
        super().__init__(f"delivery-{secrets.token_hex(4)}", "deliveries", hub.settings.delivery_poll_s)

    def turn(self) -> bool:
        """Takes up what is due, then waits for the next round."""
        self.run_once()
        return False

    def run_once(self) -> int:
        """Takes up what is due now; returns how many deliveries it looked at."""
        hub = self._hub
        # what is not decided yet is not asked about: once it is, it is taken up in the next round
        undecided = (Delivery.state == "wanted") & Case.state.in_(OPEN)
        wanted = select(Delivery.case_id).join(Case, Case.id == Delivery.case_id).where(~undecided)
        # what a hall is to hand out waits for people: asked about in every round, it would leave no turn to a parcel
        ours = (Delivery.way == "post") | (Case.state != "approved")
        wanted = wanted.where(ours, Delivery.state.in_(_FOLLOWED), Delivery.next_at <= hub.clock())
        with hub.database.reading() as session:
            ids = session.scalars(wanted.order_by(Delivery.next_at).limit(hub.settings.delivery_batch)).all()
        for case_id in ids:
            follow(hub, self._courier, case_id)
        return len(ids)


def follow(hub: Hub, courier: Courier, case_id: int) -> None:
    """Takes one delivery as far as it goes now."""
    with hub.database.reading() as session:
        case, row = session.get_one(Case, case_id), session.get_one(Delivery, case_id)
        applied = read_application(session, hub, case)
    addressee = None if applied is None else addressee_of(applied)
    if row.state == "wanted" and case.state != "approved":
        if case.state not in OPEN:
            _move(hub, row, "void", None)
        else:
            _ask_later(hub, case_id, "")
        return
    if row.way == "collect":
        return  # the hall says when it is ready
    try:
        if row.state == "wanted":
            waybill = courier.book(_parcel(hub, case, row, None if applied is None else applied.wish()))
            if not is_waybill(waybill):
                _ask_later(hub, case_id, "doubtful", addressee)
                return
            _move(hub, row, "booked", addressee, waybill)
            return
        scans = courier.scans(row.waybill or "")
    except CourierSilent:
        _ask_later(hub, case_id, "silent", addressee)
        return
    _told(hub, row, scans, addressee)


def _told(hub: Hub, row: Delivery, scans: tuple[Scan, ...], addressee: Addressee | None) -> None:
    standing = cast("Standing", row.state)
    told = fold(standing, row.waybill or "", scans)
    if told.standing != standing:
        _move(hub, row, told.standing, addressee)
        return
    late = hub.clock() - row.moved_at >= timedelta(days=hub.settings.delivery_late_days)
    _ask_later(hub, row.case_id, "doubtful" if told.doubtful else "late" if late else "", addressee)


def _parcel(hub: Hub, case: Case, row: Delivery, wish: Wish | None) -> Parcel:
    # A parcel that came back goes out again under a key of its own.
    key = f"{case.number}/{row.attempt}"
    region, address = address_of(hub, case, wish)
    phone = "" if wish is None else wish.phone
    return Parcel(key, to_region=region, to_name=case.masked_name, to_address=address, to_phone=phone)


def _move(hub: Hub, seen: Delivery, to: Standing, addressee: Addressee | None, waybill: str | None = None) -> None:
    """Moves the delivery as it was seen; one that a clerk has turned to collecting meanwhile is the hall's."""
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {seen.case_id})
        row = session.get_one(Delivery, seen.case_id, with_for_update=True)
        if (row.state, row.way, row.attempt) != (seen.state, seen.way, seen.attempt):
            return  # another worker, or a clerk, was quicker
        move_on(session, hub, case, row, to, addressee, waybill)


def move_on(
    session: Session,
    hub: Hub,
    case: Case,
    row: Delivery,
    to: Standing,
    addressee: Addressee | None,
    waybill: str | None = None,
) -> None:
    """Gives the delivery its standing and tells its owner, in the caller's transaction, which holds the case."""
    now = hub.clock()
    row.state, row.moved_at, row.trouble, row.asks = to, now, "", 0
    row.next_at = now + timedelta(seconds=hub.settings.delivery_ask_s)
    row.waybill = waybill or row.waybill
    session.flush()
    if addressee is not None and to != "void":
        answer(session, hub, case, addressee)


def _ask_later(hub: Hub, case_id: int, trouble: str, addressee: Addressee | None = None) -> None:
    """Asks again after a while that doubles each time in vain, up to a bound; a new trouble is told to the owner."""
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get_one(Delivery, case_id, with_for_update=True)
        if row.state not in _FOLLOWED or (trouble and row.way != "post"):
            return
        is_new = trouble != row.trouble
        row.trouble, row.asks = trouble, row.asks + 1 if trouble else 0
        row.next_at = hub.clock() + wait(row.asks, hub.settings.delivery_ask_s, hub.settings.delivery_ask_most_s)
        session.flush()
        if is_new and addressee is not None:
            answer(session, hub, case, addressee)
