"""The bell: its button on every page, and the panel that tells what became of the call and what to do meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.journey.bell import BellSeen, Panel, Ring
from kiosk.journey.buttons import Button
from kiosk.journey.session import Facts
from kiosk.viewmodels.bar_props import HERE
from kiosk.viewmodels.page_props import Words
from kiosk.viewmodels.row import Row

RINGS_ANEW: Final = (Ring.FAILED, Ring.OFTEN, Ring.LAPSED, Ring.DONE)
"""After these another call can be made from the panel."""
NOBODY_COMES: Final = (Ring.FAILED, Ring.OFTEN, Ring.LAPSED)


@dataclass(frozen=True)
class BellProps:
    """Ready to paint; an empty title: no panel."""

    button: str = ""
    title: str = ""
    lines: tuple[Row, ...] = ()
    actions: tuple[Row, ...] = ()


def derive_bell(panel: Panel, facts: Facts, words: Words) -> BellProps:
    """The bell at one moment."""
    bell = facts.bell
    button = words(f"screen.bell.button.{bell.ring.value}", at=_clock(bell.at))
    if not panel or bell.ring is Ring.NONE:
        return BellProps(button)
    title = "again" if panel is Panel.AGAIN and bell.ring is Ring.WAITING else bell.ring.value
    ring = (Row(words("screen.button.bell_again"), button=Button.BELL),) if bell.ring in RINGS_ANEW else ()
    seen = Row(words("screen.button.bell_seen"), button=Button.BELL_SEEN, tone="main")
    return BellProps(button, words(f"screen.bell.title.{title}"), _lines(bell, facts, words), (*ring, seen))


def _lines(bell: BellSeen, facts: Facts, words: Words) -> tuple[Row, ...]:
    told = [f"screen.bell.line.{bell.ring.value}"]
    if bell.ring is Ring.WAITING:
        told = ["screen.bell.line.above" if bell.above else "screen.bell.line.waiting", "screen.bell.line.meanwhile"]
    elif bell.ring is Ring.COMING:
        told = [f"screen.bell.line.coming_{'above' if bell.from_above else 'village'}", "screen.bell.line.meanwhile"]
    if bell.open and not bell.heard:
        told.append("screen.bell.line.unheard")
    lines = [words(each, at=_clock(bell.at)) for each in told]
    if bell.ring in NOBODY_COMES or (bell.open and not bell.heard):
        where = facts.helper_at
        lines.append(words("screen.bell.line.at", place=where) if where else words("screen.bell.line.hall"))
        if facts.phone:
            lines.append(words("screen.bell.line.phone", phone=facts.phone))
    return tuple(Row(line, tone="now" if n == 0 else "plain") for n, line in enumerate(lines))


def _clock(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(HERE):%H:%M}"
