"""Which of the four card layouts a document number belongs to."""

from __future__ import annotations

from typing import Literal

from seeds.identifiers.foreign import HK_MO_TW_DIVISIONS, foreign_2017_ok, foreign_2023_ok
from seeds.identifiers.id_number import id_number_ok

Layout = Literal["resident", "J", "I", "Y"]


def layout_of(number: str) -> Layout | None:
    """The layout of a well-formed number, or None where no standard knows it."""
    if foreign_2017_ok(number):
        return "I"
    if foreign_2023_ok(number):
        return "Y"
    if not id_number_ok(number):
        return None
    return "J" if number[:6] in HK_MO_TW_DIVISIONS else "resident"


def document_number_ok(number: str) -> bool:
    """Whether a number typed or read belongs to any of the four documents."""
    return layout_of(number) is not None
