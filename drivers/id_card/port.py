"""What a journey wants of an ID card reader, and the four cards it may be given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final, Literal, Protocol

from drivers.health import Health
from drivers.id_card.codes import ETHNIC_GROUPS, SEXES

TAKE_BACK: Final = "id_card.take_back"
"""The text every reading ends with, whatever came of it: 请取回身份证."""


@dataclass(frozen=True, kw_only=True, repr=False)
class _Card:
    """What all four have. Dates are kept as the card writes them: 长期 is an end like any other."""

    sex_code: str
    birth_text: str
    number: str
    valid_from: str
    valid_to: str
    photo: bytes = b""
    """1024 bytes of WLT, which only a site's own decoder can turn into a picture; empty where the card has none."""
    newest_address: str | None = None
    """Where the holder moved to, as the police wrote it into the chip later; "" is none, None was not learnt."""
    fingerprints: bytes | None = None
    """The fingerprint block as it came, carried and used by nobody; None unless the reader was told to ask for it."""

    @property
    def sex(self) -> str:
        """男, 女, or what GB/T 2261.1 calls the rest."""
        return SEXES.get(self.sex_code, self.sex_code)

    @property
    def birth(self) -> date | None:
        """The date of birth, or None where the card writes something that is no date."""
        return _date(self.birth_text)

    def __repr__(self) -> str:
        # A card in a log line or a traceback would be personal data at rest.
        return f"<{type(self).__name__}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class ResidentCard(_Card):
    """居民身份证."""

    layout: Literal["resident"] = field(default="resident", init=False)
    name: str
    ethnic_code: str
    address: str
    authority: str

    @property
    def ethnic(self) -> str:
        """The ethnic group's name by GB/T 3304."""
        return ETHNIC_GROUPS.get(self.ethnic_code, self.ethnic_code)


@dataclass(frozen=True, kw_only=True, repr=False)
class HkMoTwCard(_Card):
    """港澳台居民居住证."""

    layout: Literal["J"] = field(default="J", init=False)
    name: str
    address: str
    authority: str
    permit_number: str = ""
    issue_count: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class _ForeignCard(_Card):
    chinese_name: str
    english_name: str
    nationality: str
    address: ClassVar[str] = ""
    """Foreigners' cards carry no address."""

    @property
    def name(self) -> str:
        """The Chinese name, and the English one where there is none."""
        return self.chinese_name or self.english_name


@dataclass(frozen=True, kw_only=True, repr=False)
class ForeignCard2017(_ForeignCard):
    """外国人永久居留身份证, the form of 2017; `authority` is the code of the office that took the application."""

    layout: Literal["I"] = field(default="I", init=False)
    card_version: str = ""
    authority: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class ForeignCard2023(_ForeignCard):
    """外国人永久居留身份证, the form of 2023; `link` ties it to the number of the earlier form."""

    layout: Literal["Y"] = field(default="Y", init=False)
    renewals: str = ""
    link: str = ""
    authority: ClassVar[str] = ""


IdCard = ResidentCard | HkMoTwCard | ForeignCard2017 | ForeignCard2023


@dataclass(frozen=True)
class ReadFault:
    """A card that could not be read: `health` says whose fault it is and holds the texts with the advice.

    `sw` is the module's own status (SW1, SW2, SW3) where it gave one.
    """

    code: str
    sw: tuple[int, int, int] | None
    health: Health


class IdCardReader(Protocol):
    """A reader of ID cards. Every call ends within the driver's deadlines; a call out of order raises WrongState."""

    def open(self) -> None:
        """Take the link; raises LinkRefused, which says what to do."""

    def find(self) -> bool:
        """Whether a card not yet read lies on the reader; False also where the reader is in trouble (see `health`).

        To be asked every 300 ms or slower. After a card was read, many readers find nothing until it is lifted: False
        does not mean that the reader is empty.
        """

    def read(self) -> IdCard | ReadFault:
        """Read the card that `find` has just found; after it, `find` comes first again."""

    def health(self) -> Health:
        """Ask the reader now."""

    def module_number(self) -> str | None:
        """The number of the police module inside, such as 05.03-20250101-0001234567-0007654321; None is no answer."""

    def close(self) -> None:
        """Give the link back."""


def _date(text: str) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdecimal()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
