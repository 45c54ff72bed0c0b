"""How a delivery goes on, by what a courier tells: never backwards, never by another parcel's scan. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hub.delivery.port import Scan, ScanState
from offline.wire.claims import check_digit

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
_WAYBILL: Final = re.compile(r"YS[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Told:
    """Where the parcel is by the scans that can be believed, and whether any could not."""

    standing: Standing
    doubtful: bool


def fold(standing: Standing, waybill: str, scans: Iterable[Scan]) -> Told:
    """The standing after the scans; what is told twice changes nothing, and another parcel's scan is a doubt."""
    doubtful = False
    for scan in scans:
        if scan.waybill != waybill:
            doubtful = True
            continue
        goal = _TOLD[scan.state]
        if _RANK.get(goal, 0) > _RANK.get(standing, 0):
            standing = goal
    return Told(standing, doubtful)


def is_waybill(untrusted: str) -> bool:
    """Whether a number is one by its form and check digit."""
    return _WAYBILL.fullmatch(untrusted) is not None and check_digit(untrusted[2:-1]) == untrusted[-1]
