"""Where each field of a machine-readable zone stands, as data.

TD1, TD2 and TD3 follow ICAO Doc 9303 parts 5, 6 and 4 (eighth edition). `line` is the one-line zone of 30 characters
that 往来港澳通行证 of 2014 carries: code, number, expiry, birth, each with its check digit, and one over the three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

FILLER: Final = "<"
DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET: Final = DIGITS + LETTERS + FILLER

_DATE: Final = DIGITS + FILLER
_STATE: Final = LETTERS + FILLER
_NAME: Final = LETTERS + FILLER
_CHECK: Final = DIGITS + FILLER


class Layout(StrEnum):
    """The shape of a zone."""

    td1 = "td1"
    td2 = "td2"
    td3 = "td3"
    line = "line"


@dataclass(frozen=True, slots=True)
class Place:
    """A run of characters of one line, and which characters may stand there."""

    line: int
    start: int
    end: int
    alphabet: str = ALPHABET


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit: where it stands and what it is taken over."""

    at: Place
    over: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One layout: its size, its fields by name, its check digits by the field they guard."""

    lines: int
    width: int
    fields: Mapping[str, Place]
    checks: Mapping[str, Check]
    fillers: tuple[Place, ...] = ()


def _check(line: int, at: int, *over: Place) -> Check:
    return Check(Place(line, at, at + 1, _CHECK), over)


SHAPES: Final[Mapping[Layout, Shape]] = MappingProxyType(
    {
        Layout.td1: Shape(
            3,
            30,
            {
                "code": Place(0, 0, 2, _STATE),
                "issuer": Place(0, 2, 5, _STATE),
                "number": Place(0, 5, 14),
                "optional": Place(0, 15, 30),
                "birth": Place(1, 0, 6, _DATE),
                "sex": Place(1, 7, 8, "FMX<"),
                "expiry": Place(1, 8, 14, _DATE),
                "nationality": Place(1, 15, 18, _STATE),
                "optional_2": Place(1, 18, 29),
                "name": Place(2, 0, 30, _NAME),
            },
            {
                "number": _check(0, 14, Place(0, 5, 14)),
                "birth": _check(1, 6, Place(1, 0, 6)),
                "expiry": _check(1, 14, Place(1, 8, 14)),
                "composite": _check(1, 29, Place(0, 5, 30), Place(1, 0, 7), Place(1, 8, 15), Place(1, 18, 29)),
            },
        ),
        Layout.td2: Shape(
            2,
            36,
            {
                "code": Place(0, 0, 2, _STATE),
                "issuer": Place(0, 2, 5, _STATE),
                "name": Place(0, 5, 36, _NAME),
                "number": Place(1, 0, 9),
                "nationality": Place(1, 10, 13, _STATE),
                "birth": Place(1, 13, 19, _DATE),
                "sex": Place(1, 20, 21, "FMX<"),
                "expiry": Place(1, 21, 27, _DATE),
                "optional": Place(1, 28, 35),
            },
            {
                "number": _check(1, 9, Place(1, 0, 9)),
                "birth": _check(1, 19, Place(1, 13, 19)),
                "expiry": _check(1, 27, Place(1, 21, 27)),
                "composite": _check(1, 35, Place(1, 0, 10), Place(1, 13, 20), Place(1, 21, 35)),
            },
        ),
        Layout.td3: Shape(
            2,
            44,
            {
                "code": Place(0, 0, 2, _STATE),
                "issuer": Place(0, 2, 5, _STATE),
                "name": Place(0, 5, 44, _NAME),
                "number": Place(1, 0, 9),
                "nationality": Place(1, 10, 13, _STATE),
                "birth": Place(1, 13, 19, _DATE),
                "sex": Place(1, 20, 21, "FMX<"),
                "expiry": Place(1, 21, 27, _DATE),
                "optional": Place(1, 28, 42),
            },
            {
                "number": _check(1, 9, Place(1, 0, 9)),
                "birth": _check(1, 19, Place(1, 13, 19)),
                "expiry": _check(1, 27, Place(1, 21, 27)),
                "optional": _check(1, 42, Place(1, 28, 42)),
                "composite": _check(1, 43, Place(1, 0, 10), Place(1, 13, 20), Place(1, 21, 43)),
            },
        ),
        Layout.line: Shape(
            1,
            30,
            {
                "code": Place(0, 0, 2, _STATE),
                "number": Place(0, 2, 11),
                "expiry": Place(0, 13, 19, _DATE),
                "birth": Place(0, 21, 27, _DATE),
            },
            {
                "number": _check(0, 11, Place(0, 2, 11)),
                "expiry": _check(0, 19, Place(0, 13, 19)),
                "birth": _check(0, 27, Place(0, 21, 27)),
                "composite": _check(0, 29, Place(0, 2, 12), Place(0, 13, 20), Place(0, 21, 28)),
            },
            (Place(0, 12, 13, FILLER), Place(0, 20, 21, FILLER), Place(0, 28, 29, FILLER)),
        ),
    }
)


def layout_of(lines: int, width: int) -> Layout | None:
    """The layout with so many lines of so many characters."""
    return next((layout for layout, shape in SHAPES.items() if (shape.lines, shape.width) == (lines, width)), None)


def alphabets(layout: Layout) -> tuple[tuple[str, ...], ...]:
    """For each line, which characters may stand at each place."""
    shape = SHAPES[layout]
    rows = [[ALPHABET] * shape.width for _ in range(shape.lines)]
    for place in (*shape.fields.values(), *(check.at for check in shape.checks.values()), *shape.fillers):
        for at in range(place.start, place.end):
            rows[place.line][at] = place.alphabet
    return tuple(map(tuple, rows))


def value(character: str) -> int:
    """The number a character counts as in a check digit: 0–9 as they are, A–Z from 10, the filler 0."""
    return 0 if character == FILLER else int(character, 36)


def check_digit(text: str) -> str:
    """The check digit over these characters: weights 7, 3, 1 again and again, modulo 10 (Doc 9303 part 3, 4.9)."""
    return str(sum(value(character) * (7, 3, 1)[at % 3] for at, character in enumerate(text)) % 10)
