"""Numbers of the residence documents of people from abroad: J (Hong Kong, Macao, Taiwan), Y (2023) and I (2017)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from seeds.identifiers.id_number import id_number_ok

HK_MO_TW_DIVISIONS: Final = ("810000", "820000", "830000")
_FOREIGN_2017: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
_WEIGHTS_731: Final = (7, 3, 1)


def hk_mo_tw_ok(number: str) -> bool:
    """A `J` number: a GB 11643 number whose division is 810000, 820000 or 830000."""
    return number[:6] in HK_MO_TW_DIVISIONS and id_number_ok(number)


def foreign_2023_ok(number: str) -> bool:
    """A `Y` number: 18 digits starting with 9, birth date at the usual place, MOD 11-2 check."""
    return number[:1] == "9" and id_number_ok(number)


def foreign_2017_check(first_14: str) -> str:
    """The check digit of an `I` number: weights 7-3-1 over the first fourteen characters (A=10 … Z=35), modulo 10."""
    if not re.fullmatch(r"[A-Z]{3}[0-9]{11}", first_14):
        raise ValueError("three letters and eleven digits are needed")
    return str(sum(int(char, 36) * _WEIGHTS_731[n % 3] for n, char in enumerate(first_14)) % 10)


def foreign_2017_ok(number: str) -> bool:
    """An `I` number: three letters, four digits, YYMMDD, one digit, one check digit."""
    if not _FOREIGN_2017.fullmatch(number):
        return False
    month, day = int(number[9:11]), int(number[11:13])
    return foreign_2017_check(number[:14]) == number[14] and _day_exists(int(number[7:9]), month, day)


def _day_exists(year_of_century: int, month: int, day: int) -> bool:
    # The century is not in the number; a 29 February counts when either century has it.
    for century in (1900, 2000):
        try:
            date(century + year_of_century, month, day)
        except ValueError:
            continue
        return True
    return False
