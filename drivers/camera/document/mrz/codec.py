"""Between the lines of a machine-readable zone and what they say (pure). Hostile lines give NotMrz and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from drivers.camera.document.mrz.layout import (
    ALPHABET,
    FILLER,
    SHAPES,
    Layout,
    Place,
    Shape,
    check_digit,
    layout_of,
)

YEARS_AHEAD_MAX: Final = 50
"""An expiry further off than this many years is taken to lie in the century before."""


class Wrong(StrEnum):
    """What is wrong with lines that are no zone."""

    layout = "layout"
    """Not so many lines of so many characters as any layout has."""
    character = "character"
    """A character that may not stand in this field."""
    check_digit = "check_digit"
    """A field that its check digit contradicts."""
    date = "date"
    """Six digits that are no day."""
    name = "name"
    """A name with a gap where none can be, or one that does not fit."""
    number = "number"
    """A number that this kind of permit never has."""


class NotMrz(ValueError):
    """Lines that are no valid zone: what is wrong, and in which field."""

    def __init__(self, wrong: Wrong, field: str = "") -> None:
        super().__init__(f"{wrong.value}: {field}" if field else wrong.value)
        self.wrong = wrong
        self.field = field


class Permit(StrEnum):
    """Which document it is, as far as its code tells."""

    home_return = "home_return"
    """港澳居民来往内地通行证 (回乡证)."""
    taiwan = "taiwan"
    """台湾居民来往大陆通行证 (台胞证)."""
    to_hong_kong_macao = "to_hong_kong_macao"
    """往来港澳通行证."""
    passport = "passport"
    other = "other"


_CODES: Final = {"CR": Permit.home_return, "CT": Permit.taiwan, "CS": Permit.to_hong_kong_macao}
# H or M, the eight digits a person keeps for life, and on cards before 2013 how often it was renewed (公安部, 2010).
_NUMBERS: Final = {
    Permit.home_return: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    Permit.taiwan: re.compile(r"[0-9]{8}([0-9]{2})?"),
    Permit.to_hong_kong_macao: re.compile(r"[CW][0-9A-Z][0-9]{7}"),
}


@dataclass(frozen=True, slots=True)
class ZoneDate:
    """Six characters YYMMDD; parts that are not known are filled with `<`. The century is not written."""

    text: str

    def as_birth(self, today: date) -> date | None:
        """The latest such day that is not after today, or None where a part is unknown."""
        return self._day(today, today.year)

    def as_expiry(self, today: date) -> date | None:
        """The latest such day within fifty years from now, or None where a part is unknown."""
        return self._day(None, today.year + YEARS_AHEAD_MAX)

    def _day(self, not_after: date | None, latest_year: int) -> date | None:
        if FILLER in self.text:
            return None
        month, day = int(self.text[2:4]), int(self.text[4:])
        year = latest_year - (latest_year - int(self.text[:2])) % 100
        # 29 February is a day in one century and none in another.
        for candidate in (year, year - 100):
            try:
                found = date(candidate, month, day)
            except ValueError:
                continue
            if not_after is None or found <= not_after:
                return found
        return None


@dataclass(frozen=True, slots=True)
class TravelDocument:
    """What a zone says. Fields that the layout lacks are empty; fillers at the end of a field are not part of it."""

    layout: Layout
    code: str
    number: str
    birth: ZoneDate
    expiry: ZoneDate
    issuer: str = ""
    nationality: str = ""
    sex: str = ""
    surname: str = ""
    given_names: str = ""
    optional: str = ""
    optional_2: str = ""

    @property
    def permit(self) -> Permit:
        """Which document it is."""
        return Permit.passport if self.code.startswith("P") else _CODES.get(self.code, Permit.other)


def decode(lines: Sequence[str]) -> TravelDocument:
    """The document behind these lines; raises NotMrz."""
    width = len(lines[0]) if lines else 0
    layout = layout_of(len(lines), width)
    if layout is None or any(len(line) != width for line in lines):
        raise NotMrz(Wrong.layout)
    shape = SHAPES[layout]
    for name, place in shape.fields.items():
        _must_be_of(lines, place, name)
    for place in shape.fillers:
        _must_be_of(lines, place, "filler")
    number, optional = _number(lines, shape)
    _check_digits(lines, shape, long_number=len(number) > 9)
    surname, given_names = _names(_text(lines, shape.fields.get("name")))
    found = TravelDocument(
        layout,
        _plain(lines, shape, "code"),
        number,
        _date(lines, shape, "birth"),
        _date(lines, shape, "expiry"),
        _plain(lines, shape, "issuer"),
        _plain(lines, shape, "nationality"),
        _plain(lines, shape, "sex"),
        surname,
        given_names,
        optional,
        _plain(lines, shape, "optional_2"),
    )
    pattern = _NUMBERS.get(found.permit)
    if not found.code or not number or (pattern is not None and not pattern.fullmatch(number)):
        raise NotMrz(Wrong.number, "number" if found.code else "code")
    return found


def encode(document: TravelDocument) -> tuple[str, ...]:
    """The lines that say this; raises NotMrz for what no zone can say."""
    shape = SHAPES[document.layout]
    rows = [[FILLER] * shape.width for _ in range(shape.lines)]
    number, optional, over = document.number, document.optional, ""
    if len(number) > 9:
        number, over = document.number[:9], document.number[9:] + check_digit(document.number)
        optional = f"{over}{FILLER}{optional}" if optional else over
    name = document.surname.replace(" ", FILLER)
    if document.given_names:
        name += FILLER * 2 + document.given_names.replace(" ", FILLER)
    written = {
        "code": document.code,
        "issuer": document.issuer,
        "number": number,
        "nationality": document.nationality,
        "birth": document.birth.text,
        "sex": document.sex,
        "expiry": document.expiry.text,
        "optional": optional,
        "optional_2": document.optional_2,
        "name": name,
    }
    for field, text in written.items():
        place = shape.fields.get(field)
        if text and (place is None or len(text) > place.end - place.start):
            raise NotMrz(Wrong.name if field == "name" else Wrong.layout, field)
        for at, character in enumerate(text):
            assert place is not None
            rows[place.line][place.start + at] = character
    for field, check in shape.checks.items():
        if field == "number" and over:
            continue
        text = "".join("".join(rows[place.line][place.start : place.end]) for place in check.over)
        if any(character not in ALPHABET for character in text):
            raise NotMrz(Wrong.character, field)
        rows[check.at.line][check.at.start] = check_digit(text)
    lines = tuple("".join(row) for row in rows)
    if decode(lines) != document:
        raise NotMrz(Wrong.layout)
    return lines


def _must_be_of(lines: Sequence[str], place: Place, name: str) -> None:
    if any(character not in place.alphabet for character in _text(lines, place)):
        raise NotMrz(Wrong.character, name)


def _text(lines: Sequence[str], place: Place | None) -> str:
    return "" if place is None else lines[place.line][place.start : place.end]


def _plain(lines: Sequence[str], shape: Shape, field: str) -> str:
    return _text(lines, shape.fields.get(field)).rstrip(FILLER)


def _number(lines: Sequence[str], shape: Shape) -> tuple[str, str]:
    """The number and what is left of the optional field: a long number goes on there, with its check digit."""
    number, optional = _plain(lines, shape, "number"), _plain(lines, shape, "optional")
    may_go_on = shape.lines > 1 and "optional" not in shape.checks
    if not may_go_on or _text(lines, shape.checks["number"].at) != FILLER or not optional:
        return number, optional
    rest, _, optional = optional.partition(FILLER)
    whole = number + rest[:-1]
    if len(number) < 9 or len(rest) < 2 or check_digit(whole) != rest[-1]:
        raise NotMrz(Wrong.check_digit, "number")
    return whole, optional


def _check_digits(lines: Sequence[str], shape: Shape, *, long_number: bool) -> None:
    for field, check in shape.checks.items():
        if field == "number" and long_number:
            continue
        text = "".join(_text(lines, place) for place in check.over)
        said = _text(lines, check.at)
        # Passports may leave the digit of an empty optional field out.
        if field == "optional" and said == FILLER and not text.strip(FILLER):
            continue
        if said != check_digit(text):
            raise NotMrz(Wrong.check_digit, field)


def _date(lines: Sequence[str], shape: Shape, field: str) -> ZoneDate:
    text = _text(lines, shape.fields[field])
    year, month, day = text[:2], text[2:4], text[4:]
    if any(FILLER in part and part != FILLER * 2 for part in (year, month, day)):
        raise NotMrz(Wrong.date, field)
    try:
        # 2000 had a 29 February; whether this year had one is not known without its century.
        date(2000, int(month) if month != FILLER * 2 else 1, int(day) if day != FILLER * 2 else 1)
    except ValueError as error:
        raise NotMrz(Wrong.date, field) from error
    return ZoneDate(text)


def _names(text: str) -> tuple[str, str]:
    written = text.rstrip(FILLER)
    surname, *given = written.split(FILLER * 2)
    if len(given) > 1 or written.startswith(FILLER) or any(part.startswith(FILLER) for part in given):
        raise NotMrz(Wrong.name, "name")
    return surname.replace(FILLER, " "), "".join(given).replace(FILLER, " ")
