"""The bar at the top: where, when, and how the network is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.viewmodels.page_props import Words

HERE: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class BarProps:
    """Ready to paint."""

    place: str = ""
    time: str = ""
    date: str = ""
    network: str = ""
    near: bool = False
    sandbox: str = ""


def derive_bar(place: str, now: datetime, near: bool, sandbox: bool, words: Words) -> BarProps:
    """The bar at one moment; the state of the network is said in words, never by colour alone."""
    local = now.astimezone(HERE)
    return BarProps(
        place=place,
        time=f"{local:%H:%M}",
        date=words(
            "screen.date", month=local.month, day=local.day, weekday=words(f"screen.weekday.{local.isoweekday()}")
        ),
        network=words("screen.network.near" if near else "screen.network.away"),
        near=near,
        sandbox=words("screen.sandbox") if sandbox else "",
    )
