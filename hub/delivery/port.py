"""The port of a courier: two questions, each answered, or not at all. Whoever answers is not believed unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from hub.trouble import HubTrouble

ScanState = Literal["taken", "on_way", "delivered", "returned"]
WAYBILL_CHARS: Final = 20
WAYBILL: Final = "YS"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent: our own key, under which the same parcel is only ever taken once, and where to."""

    key: str
    to_region: str
    to_name: str
    to_address: str = field(default="", repr=False)  # empty: the village's hall takes it in
    to_phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """One thing that happened to a parcel; a courier may tell it more than once."""

    about: str  # the waybill
    state: ScanState
    text: str


class CourierSilent(HubTrouble):
    """The courier did not answer in time. The environment's fault: it is asked again later."""

    def __init__(self) -> None:
        super().__init__("快递公司没有回音。The courier does not answer.", "稍后会自动再问。It is asked again.")


class Courier(Protocol):
    """A courier company."""

    sandbox: bool  # whether people have to be told that it is 演示

    def book(self, parcel: Parcel) -> str:
        """Takes a parcel and names its waybill; the same key again names the same. Raises CourierSilent."""

    def scans(self, waybill: str) -> tuple[Scan, ...]:
        """What happened to a parcel so far. Raises CourierSilent."""
