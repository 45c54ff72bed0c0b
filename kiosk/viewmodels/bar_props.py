"""The bar at the top: where, when, and how network and power are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.journey.power import Power
from kiosk.journey.session import Facts
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
    power: str = ""  # empty on mains
    sandbox: str = ""


def derive_bar(place: str, facts: Facts, sandbox: bool, words: Words) -> BarProps:
    """The bar at one moment; the states of network and power are said in words, never by colour alone."""
    local = facts.now.astimezone(HERE)
    near = facts.hub_near
    return BarProps(
        place=place,
        time=f"{local:%H:%M}" if facts.clock_sure else "",
        date=words("screen.clock_unsure") if not facts.clock_sure else _date(local, words),
        network=words("screen.network.near" if near else _away(facts)),
        near=near,
        power="" if facts.power is Power.MAINS else words(f"screen.power.{facts.power.value}"),
        sandbox=words("screen.sandbox") if sandbox else "",
    )


def _away(facts: Facts) -> str:
    """Without a network all goes on, until there is no room for it."""
    return "screen.network.away" if facts.room.cause is None else "screen.network.away_full"


def _date(local: datetime, words: Words) -> str:
    weekday = words(f"screen.weekday.{local.isoweekday()}")
    return words("screen.date", month=local.month, day=local.day, weekday=weekday)
