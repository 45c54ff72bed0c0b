"""The 18-digit citizen number of GB 11643: six digits of division, birth date, sequence, one check digit (MOD 11-2)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS: Final = "10X98765432"
_SHAPE: Final = re.compile(r"[0-9]{17}[0-9X]")


def id_number_check(first_17: str) -> str:
    """The check digit that belongs behind these seventeen digits."""
    if not re.fullmatch(r"[0-9]{17}", first_17):
        raise ValueError("seventeen digits are needed")
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11]


def birth_of(number: str) -> date | None:
    """The birth date inside the number, or None where it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_number_ok(number: str) -> bool:
    """Whether shape, birth date and check digit fit; says nothing about whether somebody has this number."""
    if not _SHAPE.fullmatch(number):
        return False
    return id_number_check(number[:17]) == number[17] and birth_of(number) is not None


def age_on(birth: date, day: date) -> int:
    """Full years lived on that day; a birthday of 29 February is completed on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
