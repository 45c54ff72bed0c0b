"""All that was filled in on the way through an item: one frozen value, which goes with the visit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

Value = str | int | bool


@dataclass(frozen=True)
class Kin:
    """Somebody on whose behalf something is done; of a number that was typed only the number is known."""

    number: str = field(repr=False)
    name: str = field(default="", repr=False)
    masked_number: str = field(default="", repr=False)
    masked_name: str = field(default="", repr=False)
    birth: str = field(default="", repr=False)  # YYYYMMDD


@dataclass(frozen=True)
class Organisation:
    """An organisation on whose behalf something is done; of a code that was typed only the code is known."""

    uscc: str = field(repr=False)
    name: str = field(default="", repr=False)
    role: str = ""  # representative | agent, as the hub told it

    @property
    def told(self) -> bool:
        """Whether the hub said that the resident may act for it; otherwise she says so herself."""
        return bool(self.role)


@dataclass(frozen=True)
class Option:
    """An answer that only the hub could offer (a day with places left, an address); `left` None: no count."""

    value: str
    name: str = field(repr=False)
    left: int | None = None
    detail_text: str = ""


@dataclass(frozen=True)
class Known:
    """What the hub told before the resident was asked anything."""

    values: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    household: tuple[Kin, ...] = field(default=(), repr=False)
    options: tuple[tuple[str, tuple[Option, ...]], ...] = field(default=(), repr=False)
    certificates: tuple[str, ...] = field(default=(), repr=False)
    organisations: tuple[Organisation, ...] = field(default=(), repr=False)

    def value(self, name: str) -> Value | None:
        """One value, None where the hub did not know it."""
        return next((value for each, value in self.values if each == name), None)

    def offered(self, name: str) -> tuple[Option, ...]:
        """The answers offered under a name."""
        return next((offered for each, offered in self.options if each == name), ())


class For(StrEnum):
    """Whose business it is; goes into the record."""

    SELF = "self"
    FAMILY = "family"
    OTHER = "other"
    ORGANISATION = "organisation"


class PaperFrom(StrEnum):
    """Where a paper comes from; goes into the record."""

    CERTIFICATE = "certificate"  # an electronic certificate replaces it
    SCAN = "scan"
    LATER = "later"  # promised (容缺)


@dataclass(frozen=True)
class Acting:
    """On whose behalf; `kin` stands for everybody but the resident."""

    whose: For
    kin: Kin | None = None
    organisation: Organisation | None = None


class Gift(StrEnum):
    """What can be given besides words; goes into the record."""

    SCAN = "scan"  # pages laid under the document camera, one PDF
    PHOTO = "photo"
    VOICE = "voice"
    SIGNATURE = "signature"  # by hand, on the screen


Strokes = tuple[tuple[tuple[int, int], ...], ...]
"""What a finger drew, stroke by stroke, in a field of 1000 × 400."""


@dataclass(frozen=True)
class Given:
    """Something sealed that goes along, under its ciphertext's SHA-256; no digest: it was left out.

    `name` is the paper's id, or the item's own id of what it asks for.
    """

    kind: Gift
    name: str
    sha256: str = ""
    pages: int = 0
    seconds: int = 0


SKIPPED = ""
"""What stands for a field that need not be filled and was left out."""


@dataclass(frozen=True)
class Filing:
    """What was chosen and typed; `owner` is the number of whose visit it was, so that nobody else inherits it."""

    item: str = ""
    owner: str = field(default="", repr=False)
    asked: bool = False  # the hub was asked, or could not be
    known: Known = field(default_factory=Known, repr=False)
    acting: Acting | None = field(default=None, repr=False)
    values: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    papers: tuple[tuple[str, PaperFrom], ...] = ()
    delivery: str = ""
    given: tuple[Given, ...] = ()

    def value(self, name: str) -> Value | None:
        """What was filled in here."""
        return next((value for each, value in self.values if each == name), None)

    def paper(self, name: str) -> PaperFrom | None:
        """What was chosen for a paper."""
        return next((where for each, where in self.papers if each == name), None)

    def gift(self, kind: Gift, name: str) -> Given | None:
        """What was given under a name, or left out."""
        return next((each for each in self.given if (each.kind, each.name) == (kind, name)), None)

    def with_gift(self, given: Given) -> Filing:
        """The filing with this given, in the place of what was given there before."""
        return replace(self, given=(*self.without_gift(given.kind, given.name).given, given))

    def without_gift(self, kind: Gift, name: str) -> Filing:
        """The filing without what was given there."""
        return replace(self, given=tuple(each for each in self.given if (each.kind, each.name) != (kind, name)))

    def with_value(self, name: str, value: Value) -> Filing:
        """The filing with this field filled, in the place it had."""
        kept = [(each, value if each == name else old) for each, old in self.values]
        if self.value(name) is None:
            kept.append((name, value))
        return replace(self, values=tuple(kept))

    def with_paper(self, name: str, where: PaperFrom) -> Filing:
        """The filing with this paper's way chosen."""
        others = tuple((each, old) for each, old in self.papers if each != name)
        chosen = replace(self, papers=(*others, (name, where)))
        return chosen if where is PaperFrom.SCAN else chosen.without_gift(Gift.SCAN, name)


@dataclass(frozen=True)
class FiledPaper:
    """A paper as it is sent; `bring_by` (YYYY-MM-DD) is the day that was promised on the screen."""

    id: str
    where: PaperFrom
    certificate: str = ""
    bring_by: str = ""


@dataclass(frozen=True)
class Filed:
    """What of a filing is sent: only what the item asks for as things stand."""

    acting: Acting = Acting(For.SELF)
    form: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    papers: tuple[FiledPaper, ...] = ()
    delivery: str = ""
    to: tuple[tuple[str, Value], ...] = field(default=(), repr=False)  # where the delivery goes
    given: tuple[Given, ...] = ()
    signature: str = ""  # handwritten | witnessed (for somebody who cannot sign); empty: none is asked for
