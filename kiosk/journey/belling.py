"""What a touch on the bell does: it works on every screen and moves none of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kiosk.journey.bell import Panel, Ring
from kiosk.journey.buttons import Button
from kiosk.journey.effects import RingBell
from kiosk.journey.screens import Screen
from kiosk.journey.session import Facts, Session, Step

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


def touched(visit: Session, button: Button, facts: Facts) -> Step | None:
    """None where the touch is not about the bell."""
    match button:
        case Button.BELL if facts.bell.open:
            return Step(replace(visit, bell=Panel.AGAIN))
        case Button.BELL:
            rung = replace(visit, bell=Panel.RUNG, called=True)
            return Step(rung, (RingBell(screen_name(visit.screen)),))
        case Button.BELL_SEEN:
            return Step(replace(visit, bell=Panel.SHUT))
        case _ if visit.bell and facts.bell.ring is not Ring.NONE:
            return Step(visit)  # the panel covers the screen
        case _:
            return None


def screen_name(screen: Screen) -> str:
    """The page's name, which says where somebody is stuck and nothing else."""
    return _WORD.sub("_", type(screen).__name__).lower()
