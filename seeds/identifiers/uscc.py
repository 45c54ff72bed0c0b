"""The unified social credit code of GB 32100-2015 and the organisation code of GB 11714 inside it.

Some early real codes break the check, so callers warn about a wrong check character and do not turn anyone away.
"""

from __future__ import annotations

import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS: Final = tuple(pow(3, n, 31) for n in range(17))
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE: Final = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


def uscc_check(first_17: str) -> str:
    """The check character that belongs behind these seventeen."""
    if not re.fullmatch(f"[{ALPHABET}]{{17}}", first_17):
        raise ValueError("seventeen characters of the code's alphabet are needed")
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def uscc_ok(code: str) -> bool:
    """Whether shape and check character fit."""
    return bool(_SHAPE.fullmatch(code)) and uscc_check(code[:17]) == code[17]


def organisation_check(first_8: str) -> str:
    """The check character of an organisation code (modulo 11, X for ten)."""
    if not re.fullmatch(r"[0-9A-Z]{8}", first_8):
        raise ValueError("eight digits or capital letters are needed")
    total = sum(int(char, 36) * weight for char, weight in zip(first_8, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def organisation_ok(code: str) -> bool:
    """Whether a nine-character organisation code fits its check character."""
    return bool(re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code)) and organisation_check(code[:8]) == code[8]
