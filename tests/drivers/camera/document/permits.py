"""Invented people's travel documents, one of each layout; the residents of seeds/people where they have a permit."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.camera.document.mrz.codec import TravelDocument, ZoneDate
from drivers.camera.document.mrz.layout import Layout

HOME_RETURN: Final = TravelDocument(
    Layout.td1,
    "CR",
    "H99999999",
    ZoneDate("550516"),
    ZoneDate("330401"),
    issuer="CHN",
    nationality="CHN",
    sex="M",
    surname="HE",
    given_names="GUOMING",
    optional="01",
)
TAIWAN: Final = TravelDocument(
    Layout.td1,
    "CT",
    "99999999",
    ZoneDate("600229"),
    ZoneDate("310630"),
    issuer="CHN",
    nationality="CHN",
    sex="F",
    surname="LIN",
    given_names="MEI SAMPLE",
)
ONE_LINE: Final = TravelDocument(Layout.line, "CS", "C99999999", ZoneDate("540312"), ZoneDate("350101"))
CARD_OF_TWO_LINES: Final = TravelDocument(
    Layout.td2,
    "I",
    "D2314589074",
    ZoneDate("49<<<<"),
    ZoneDate("320101"),
    issuer="UTO",
    nationality="UTO",
    sex="X",
    surname="SAMPLE",
    given_names="ANNA",
)
PASSPORT: Final = TravelDocument(
    Layout.td3,
    "P",
    "L898902C3",
    ZoneDate("521103"),
    ZoneDate("300101"),
    issuer="UTO",
    nationality="UTO",
    sex="M",
    surname="DUKE",
    given_names="JOHN SAMPLE",
    optional="ZE184226B",
)
DOCUMENTS: Final = MappingProxyType(
    {
        "home_return": HOME_RETURN,
        "taiwan": TAIWAN,
        "one_line": ONE_LINE,
        "card_of_two_lines": CARD_OF_TWO_LINES,
        "passport": PASSPORT,
    }
)
