"""What a field takes on the number pad: which characters, how they are grouped for the eye, what they come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from kiosk.journey.filing import Value
from kiosk.journey.item import FieldCard
from kiosk.journey.screens import Filling, Reason, TypingFor
from kiosk.journey.typing import NUMBER_LENGTH, grouped
from seeds import identifiers
from seeds.identifiers import uscc

PHONE_LENGTH: Final = 11
DATE_LENGTH: Final = 8
FEN_DIGITS: Final = 2
USCC_GROUPS: Final = (2, 6, 9, 1)
USCC_DIGITS: Final = range(2, 8)
"""Where only the division's digits can stand."""
FEN_PER_YUAN: Final = 100
POINT: Final = "."
DIGITS: Final = "0123456789"


def length_of(field: FieldCard | None) -> int:
    """How many characters fit at most."""
    match field:
        case None | FieldCard(kind="id_number"):
            return NUMBER_LENGTH
        case FieldCard(kind="phone"):
            return PHONE_LENGTH
        case FieldCard(kind="date"):
            return DATE_LENGTH
        case FieldCard(kind="yuan"):
            return len(str(field.most // FEN_PER_YUAN)) + 1 + FEN_DIGITS
        case FieldCard(kind="whole"):
            return len(str(field.most))
        case _:
            return field.length


def extra_key(field: FieldCard | None) -> str:
    """The key beside the zero: X of an identity number, the point of an amount, none."""
    if is_number(field):
        return "X"
    return POINT if field is not None and field.kind == "yuan" else ""


def is_number(field: FieldCard | None) -> bool:
    """Whether it is a person's number that is typed."""
    return field is None or field.kind == "id_number"


def begun(screen: Filling, value: Value | None) -> Filling:
    """The pad with what was filled in before."""
    return _with(replace(screen, most=length_of(screen.of)), "" if value is None else _typed_form(screen.of, value))


def typed(screen: Filling, character: str) -> Filling:
    """One more character; what cannot stand there is ignored."""
    if len(character) != 1 or len(screen.text) >= screen.most or not _fits(screen, character):
        return screen
    return _with(screen, screen.text + character)


def erased(screen: Filling) -> Filling:
    """One character less."""
    return _with(screen, screen.text[:-1])


def entered(screen: Filling) -> tuple[Value, Reason]:
    """What the text comes to, and what is wrong with it (NONE: nothing)."""
    text, field = screen.text, screen.of
    if screen.of_organisation:
        return text, Reason.NONE if uscc.uscc_ok(text) else Reason.USCC_DOUBT
    match field:
        case None | FieldCard(kind="id_number"):
            return text, Reason.NONE if identifiers.id_number_ok(text) else Reason.NUMBER_WRONG
        case FieldCard(kind="phone"):
            return text, Reason.NONE if text.startswith("1") and len(text) == PHONE_LENGTH else Reason.FILL_PHONE
        case FieldCard(kind="date"):
            return _day(text)
        case FieldCard(kind="whole" | "yuan"):
            amount = _fen(text) if field.kind == "yuan" else int(text)
            return amount, Reason.NONE if field.least <= amount <= field.most else Reason.FILL_NUMBER
        case _:
            return text, Reason.NONE if len(text) >= field.least else Reason.FILL_LENGTH


def shown(field: FieldCard | None, text: str) -> str:
    """The text as it can be compared by eye."""
    match field:
        case None | FieldCard(kind="id_number"):
            return grouped(text, TypingFor.NUMBER)
        case FieldCard(kind="phone"):
            return " ".join(part for part in (text[:3], text[3:7], text[7:]) if part)
        case FieldCard(kind="date"):
            return "-".join(part for part in (text[:4], text[4:6], text[6:]) if part)
        case _:
            return text


def code_shown(code: str) -> str:
    """An organisation's code in its parts, as it can be compared with the licence."""
    parts, at = [], 0
    for width in USCC_GROUPS:
        parts.append(code[at : at + width])
        at += width
    return " ".join(part for part in parts if part)


def _with(screen: Filling, text: str) -> Filling:
    whole = screen.of is not None and screen.of.kind not in ("phone", "date", "id_number")
    complete = bool(text) and text != POINT if whole else len(text) == screen.most
    seen = code_shown(text) if screen.of_organisation else shown(screen.of, text)
    return replace(screen, text=text, shown=seen, complete=complete, reason=Reason.NONE)


def _fits(screen: Filling, character: str) -> bool:
    text = screen.text
    if screen.of_organisation:
        return character in (DIGITS if len(text) in USCC_DIGITS else uscc.ALPHABET)
    if character == "X":
        return is_number(screen.of) and len(text) == NUMBER_LENGTH - 1
    if screen.of is not None and screen.of.kind == "yuan":
        _, point, fen = text.partition(POINT)
        if character == POINT:
            return not point
        if point and len(fen) == FEN_DIGITS:
            return False
    return character in DIGITS


def _typed_form(field: FieldCard | None, value: Value) -> str:
    if field is not None and field.kind == "yuan" and isinstance(value, int):
        yuan, fen = divmod(value, FEN_PER_YUAN)
        return f"{yuan}.{fen:02d}" if fen else str(yuan)
    return str(value).replace("-", "") if field is not None and field.kind == "date" else str(value)


def _day(text: str) -> tuple[Value, Reason]:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat(), Reason.NONE
    except ValueError:
        return text, Reason.FILL_DATE


def _fen(text: str) -> int:
    yuan, _, fen = text.partition(POINT)
    return int(yuan or 0) * FEN_PER_YUAN + int(fen.ljust(FEN_DIGITS, "0") or 0)
