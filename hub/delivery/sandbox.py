"""The sandbox courier (演示): brings parcels by the clock, or is late, wrong, silent, or says everything twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal, get_args

from sqlalchemy import func, select

from hub.database import Database
from hub.delivery.port import WAYBILL, CourierSilent, Parcel, Scan, ScanState
from hub.delivery.tables import SandboxParcel
from hub.manners import behave, manner_of
from hub.moments import Clock
from hub.outside import numbered
from hub.settings import HubSettings

Manner = Literal["well", "late", "wrong", "silent", "twice"]
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
PARTY: Final = "courier"
_TEXTS: Final[dict[ScanState, str]] = {
    "taken": "已收件（演示）",
    "on_way": "在路上（演示）",
    "delivered": "已签收（演示）",
    "returned": "已退回（演示）",
}


class SandboxCourier:
    """Speaks for a courier company; what it has taken it keeps, so that replicas and restarts agree."""

    sandbox = True

    def __init__(self, database: Database, clock: Clock, settings: HubSettings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def behave(self, manner: Manner) -> None:
        """Sets how it behaves from now on."""
        behave(self._database, PARTY, manner)

    def book(self, parcel: Parcel) -> str:
        """Takes the parcel once; wrong: names no number of its own; twice: answers only when it is asked again."""
        manner = self._manner()
        if manner == "silent":
            raise CourierSilent
        if manner == "wrong":
            return "YS0000000000"
        with self._database.writing() as session:
            held = session.get(SandboxParcel, parcel.key)
            if held is not None:
                return held.waybill
            number = (session.scalar(select(func.count()).select_from(SandboxParcel)) or 0) + 1
            waybill = numbered(WAYBILL, number)
            session.add(SandboxParcel(key=parcel.key, waybill=waybill, taken_at=self._clock()))
        if manner == "twice":
            raise CourierSilent
        return waybill

    def scans(self, waybill: str) -> tuple[Scan, ...]:
        """What has happened by now; late: the parcel lies where it was taken in."""
        manner = self._manner()
        if manner == "silent":
            raise CourierSilent
        with self._database.reading() as session:
            parcel = session.scalars(select(SandboxParcel).where(SandboxParcel.waybill == waybill)).one_or_none()
        if manner == "wrong":
            return (Scan("YS9999999999", "delivered", _TEXTS["delivered"]),)
        if parcel is None:
            return ()
        states: list[ScanState] = ["taken"]
        age = self._clock() - parcel.taken_at
        if manner != "late":
            states += ["on_way"] if age >= timedelta(seconds=self._settings.sandbox_courier_leaves_s) else []
            states += ["delivered"] if age >= timedelta(seconds=self._settings.sandbox_courier_brings_s) else []
        told = tuple(Scan(waybill, state, _TEXTS[state]) for state in states)
        return told + told if manner == "twice" else told

    def _manner(self) -> str:
        with self._database.reading() as session:
            return manner_of(session, PARTY)
