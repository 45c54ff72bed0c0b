"""What a journey wants of a reader of social-security cards, and what such a card tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from drivers.health import Health
from drivers.id_card.codes import ETHNIC_GROUPS, SEXES

TAKE_BACK: Final = "social_card.take_back"
"""The text every reading ends with, whatever came of it: 请取回社保卡。"""


@dataclass(frozen=True, kw_only=True, repr=False)
class SocialCard:
    """What the basic files of a card hold. Dates are kept as the card writes them, YYYYMMDD; "" is what it lacks.

    Cards of the first and second generation give this to anybody. A card of the third keeps what is more than this
    for readers with a PSAM, and may keep this too.
    """

    card_number: str
    id_number: str
    name: str
    sex_code: str = ""
    ethnic_code: str = ""
    birth_text: str = ""
    birthplace: str = ""
    """Division code, GB/T 2260."""
    card_id: str = ""
    """The chip's own number, 16 bytes in hexadecimal."""
    version: str = ""
    """The version of the card's standard; its first digit is the generation."""
    issuer: str = ""
    issued: str = ""
    valid_to: str = ""

    @property
    def sex(self) -> str:
        """男, 女, or what GB/T 2261.1 calls the rest."""
        return SEXES.get(self.sex_code, self.sex_code)

    @property
    def ethnic(self) -> str:
        """The ethnic group's name by GB/T 3304."""
        return ETHNIC_GROUPS.get(self.ethnic_code, self.ethnic_code)

    @property
    def birth(self) -> date | None:
        """The date of birth, or None where the card writes something that is no date."""
        text = self.birth_text
        if len(text) != 8 or not (text.isascii() and text.isdecimal()):
            return None
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            return None

    def __repr__(self) -> str:
        # A card in a log line or a traceback would be personal data at rest.
        return f"<SocialCard {masked(self.card_number)}>"


@dataclass(frozen=True)
class ReadFault:
    """A card that could not be read: `health` says whose fault it is, `sw` is the card's own status if it gave one."""

    code: str
    sw: int | None
    health: Health


class SocialCardReader(Protocol):
    """A reader of social-security cards. Every call ends in time; a call on a closed reader raises WrongState."""

    def open(self) -> None:
        """Take the reader; whether it is there shows in `health`. Raises DeviceTrouble for a link that is none."""

    def find(self) -> bool:
        """Whether a card is in the reader; False also where the reader is in trouble (see `health`)."""

    def read(self) -> SocialCard | ReadFault:
        """Read the card's basic files."""

    def health(self) -> Health:
        """Ask the reader now."""

    def close(self) -> None:
        """Give the reader back; harmless when repeated."""


def masked(number: str) -> str:
    """A number as it may be shown: only the last two characters."""
    return "*" * max(0, len(number) - 2) + number[-2:] if len(number) > 4 else "*" * len(number)
