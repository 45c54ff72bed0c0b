"""Where the resident is on the way: the steps, named, the present one marked."""

from __future__ import annotations

from typing import Final

from kiosk.journey.item import ItemCard
from kiosk.journey.screens import (
    Asked,
    CardFor,
    CardWanted,
    Confirm,
    Consent,
    Done,
    Face,
    Filling,
    Giving,
    LaterCheck,
    Screen,
    Typing,
    TypingFor,
    Witness,
)
from kiosk.viewmodels.page_props import Words
from kiosk.viewmodels.row import Row

AGREE, IDENTITY, FILL, CONFIRM, SLIP = "agree", "identity", "fill", "confirm", "slip"
ASKING: Final = ("whose", "form", "documents", "attachments", "delivery")


def steps_of(screen: Screen, item: ItemCard | None, words: Words) -> tuple[Row, ...]:
    """The steps with the present one as `main` and those behind as `done`; none outside a journey."""
    present = _at(screen)
    if present is None:
        return ()
    asks = item is not None and any(step in ASKING for step in item.steps)
    steps = (AGREE, IDENTITY, *((FILL,) if asks or present == FILL else ()), CONFIRM, SLIP)
    at = steps.index(present)
    return tuple(
        Row(words(f"screen.step.{step}"), badge=str(n + 1), tone="main" if n == at else "done" if n < at else "plain")
        for n, step in enumerate(steps)
    )


def _at(screen: Screen) -> str | None:
    match screen:
        case Consent():
            return AGREE
        case CardWanted(purpose=CardFor.IDENTITY) | Typing(purpose=TypingFor.NUMBER):
            return IDENTITY
        case Face() | LaterCheck() | Witness():
            return IDENTITY
        case Asked() | Filling() | Giving(bringing=None):
            return FILL
        case Confirm():
            return CONFIRM
        case Done():
            return SLIP
        case _:
            return None
