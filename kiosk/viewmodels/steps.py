"""Where the resident is on the way: three steps, named, the present one marked."""

from __future__ import annotations

from typing import Final

from kiosk.journey.screens import (
    CardFor,
    CardWanted,
    Confirm,
    Consent,
    Done,
    Face,
    LaterCheck,
    Screen,
    Typing,
    TypingFor,
    Witness,
)
from kiosk.viewmodels.page_props import Words
from kiosk.viewmodels.row import Row

STEPS: Final = ("screen.step.agree", "screen.step.identity", "screen.step.confirm", "screen.step.slip")


def steps_of(screen: Screen, words: Words) -> tuple[Row, ...]:
    """The steps with the present one as `main` and those behind as `done`; none outside a journey."""
    at = _at(screen)
    if at is None:
        return ()
    return tuple(
        Row(words(step), badge=str(n + 1), tone="main" if n == at else "done" if n < at else "plain")
        for n, step in enumerate(STEPS)
    )


def _at(screen: Screen) -> int | None:
    match screen:
        case Consent():
            return 0
        case CardWanted(purpose=CardFor.IDENTITY) | Typing(purpose=TypingFor.NUMBER):
            return 1
        case Face() | LaterCheck() | Witness():
            return 1
        case Confirm():
            return 2
        case Done():
            return 3
        case _:
            return None
