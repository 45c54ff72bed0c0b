"""The people of one session, as the journey knows them; their `repr` shows nothing personal, so no log can."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Source(StrEnum):
    """Where a number comes from."""

    CARD = "card"
    TYPED = "typed"


@dataclass(frozen=True)
class Person:
    """Somebody whose card was laid or whose number was typed (then only `number` and `masked_number` are filled).

    `photo` is the card's compressed picture (1024 bytes WLT), never a camera picture.
    """

    name: str = field(repr=False)
    number: str = field(repr=False)
    masked_name: str = field(repr=False)
    masked_number: str = field(repr=False)
    birth: str = field(default="", repr=False)  # YYYYMMDD as on the card
    sex: str = field(default="", repr=False)
    layout: str = "resident"  # resident | J | I | Y
    valid_to: str = field(default="", repr=False)  # YYYYMMDD or 长期
    photo: bytes = field(default=b"", repr=False)
    source: Source = Source.CARD


class Way(StrEnum):
    """How it was made sure that the person is the one on the card; goes into the record."""

    CARD = "card"  # nothing besides the card
    FACE = "face"
    WITNESS = "witness"
    LATER = "later"


class Level(StrEnum):
    """The identity levels of the catalogue."""

    CARD = "card"
    CARD_FACE = "card_face"
    CARD_WITNESSED = "card_witnessed"
    CARD_LATER_CHECK = "card_later_check"
    TYPED_WITNESSED = "typed_witnessed"


@dataclass(frozen=True)
class Proof:
    """What stands for the person: the way, and what belongs to that way."""

    way: Way
    level: Level
    score: float | None = None  # face: cosine
    model: str = ""  # face: name of the model
    witness: Person | None = None
    picture_sha256: str = ""  # later: name of the sealed picture
    picture_path: str = ""


@dataclass(frozen=True)
class Consent:
    """One thing the person agreed to, in the words of one version of its text."""

    id: str  # "processing" | "face" | "later_picture"
    version: str
    at: str  # RFC 3339 UTC
