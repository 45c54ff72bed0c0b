"""How a delivery goes on, by what a courier tells: never backwards, never by another parcel's scan. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hub.delivery.port import WAYBILL, Scan, ScanState
from hub.outside import believed, is_numbered

Standing = Literal["wanted", "booked", "on_way", "delivered", "returned", "ready", "fetched", "void"]
ENDED: Final[frozenset[Standing]] = frozenset(("delivered", "fetched", "void"))
UNDER_WAY: Final[tuple[Standing, ...]] = ("booked", "on_way")
_TOLD: Final[Mapping[ScanState, Standing]] = {
    "taken": "booked",
    "on_way": "on_way",
    "delivered": "delivered",
    "returned": "returned",
}
_RANK: Final[Mapping[Standing, int]] = {"booked": 1, "on_way": 2, "returned": 3, "delivered": 3}


@dataclass(frozen=True, slots=True)
class Told:
    """Where the parcel is by the scans that can be believed, and whether any could not."""

    standing: Standing
    doubtful: bool


def fold(standing: Standing, waybill: str, scans: Iterable[Scan]) -> Told:
    """The standing after the scans; what is told twice changes nothing, and another parcel's scan is a doubt."""
    mine, doubtful = believed(scans, waybill)
    for scan in mine:
        goal = _TOLD[scan.state]
        if _RANK.get(goal, 0) > _RANK.get(standing, 0):
            standing = goal
    return Told(standing, doubtful)


def is_waybill(untrusted: str) -> bool:
    """Whether a number is one by its form and check digit."""
    return is_numbered(WAYBILL, untrusted)
