"""The number pad: what may be typed, how it is grouped, when it is complete."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.journey.people import Person, Source
from kiosk.journey.screens import Reason, Typing, TypingFor
from offline.wire import claims
from offline.wire.trouble import WrongClaimCode
from seeds import identifiers

NUMBER_LENGTH: Final = 18
CODE_LENGTH: Final = 10
GROUPS: Final[dict[TypingFor, tuple[int, ...]]] = {TypingFor.NUMBER: (6, 4, 4, 4), TypingFor.CODE: (4, 3, 3)}


def pad(purpose: TypingFor) -> Typing:
    """An empty pad."""
    return Typing(purpose, most=NUMBER_LENGTH if purpose is TypingFor.NUMBER else CODE_LENGTH)


def grouped(text: str, purpose: TypingFor) -> str:
    """The digits in groups that can be compared by eye."""
    parts: list[str] = []
    at = 0
    for width in GROUPS[purpose]:
        parts.append(text[at : at + width])
        at += width
    return (" " if purpose is TypingFor.NUMBER else "-").join(part for part in parts if part)


def _with(screen: Typing, text: str) -> Typing:
    shown = grouped(text, screen.purpose)
    return replace(screen, text=text, shown=shown, complete=len(text) == screen.most, reason=Reason.NONE)


def typed(screen: Typing, character: str) -> Typing:
    """One more character; what cannot stand there is ignored."""
    if len(screen.text) >= screen.most:
        return screen
    digit = len(character) == 1 and character in "0123456789"
    last_x = character == "X" and screen.purpose is TypingFor.NUMBER and len(screen.text) == NUMBER_LENGTH - 1
    return _with(screen, screen.text + character) if digit or last_x else screen


def erased(screen: Typing) -> Typing:
    """One character less."""
    return _with(screen, screen.text[:-1])


def wrong(screen: Typing) -> Reason:
    """What is wrong with the whole text by its own check digit; NONE when it may be right."""
    if screen.purpose is TypingFor.NUMBER:
        return Reason.NONE if identifiers.id_number_ok(screen.text) else Reason.NUMBER_WRONG
    return Reason.NONE if code_ok(screen.text) else Reason.CODE_WRONG


def code_ok(text: str) -> bool:
    """Whether the text is a claim code by its check digit."""
    try:
        claims.normal(text)
    except WrongClaimCode:
        return False
    return True


def typed_person(number: str) -> Person:
    """Somebody of whom only the number is known: a lower identity level, and a witness is needed."""
    return Person(
        name="",
        number=number,
        masked_name="",
        masked_number=identifiers.mask_number(number),
        birth=number[6:14],
        source=Source.TYPED,
    )
