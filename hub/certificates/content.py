"""What a certificate says: pure, from its kind and what the rule read, to the lines of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hub.certificates.trouble import ContentTrouble
from hub.moments import local_day
from seeds.certificates import CertificateKind, PaperField
from seeds.regions import Regions

FEN_PER_YUAN: Final = 100


@dataclass(frozen=True, slots=True, repr=False)
class Signature:
    """How the paper was signed: a picture (SVG of checked numbers), or none where a helper witnessed instead."""

    picture: str


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """Whose certificate it is: a person, or an organisation by its USCC."""

    name: str
    number: str
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain stood when the paper was made: every paper is a witness of its past."""

    n: int
    hash: str

    @property
    def shown(self) -> str:
        """As the paper prints it."""
        return f"第{self.n}块 {self.hash[:16]}"


@dataclass(frozen=True, slots=True)
class Link:
    """A second code on the paper: what it opens, and what for."""

    address: str
    caption: str


@dataclass(frozen=True, slots=True, repr=False)
class PaperContent:
    """Everything that stands on the paper; equal content gives equal bytes before sealing."""

    title: str
    identifier: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    note: str
    unit: str
    issued_on: date
    valid_until: date
    address: str  # what the QR opens
    anchor: Anchor | None
    signature: Signature | None = None
    link: Link | None = None


def lines_and_rows(
    kind: CertificateKind, holder: Holder, inputs: Mapping[str, object], changes: Mapping[str, str], regions: Regions
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The sentences and the labelled rows; raises ContentTrouble for a value that is not there."""
    values = {
        field.name: changes[field.name] if field.name in changes else _value(field, inputs, regions)
        for field in kind.fields
    }
    said = {**values, "name": changes.get("name", holder.name), "number": holder.number}
    rows = tuple((field.label, values[field.name]) for field in kind.fields)
    return tuple(line.format_map(said) for line in kind.text), rows


def link_of(kind: CertificateKind, inputs: Mapping[str, object], public_url: str) -> Link | None:
    """The paper's second code; none where the kind has none, or the rule did not read what it is of."""
    value = None if kind.link is None else _at(inputs, kind.link.source)
    if kind.link is None or not isinstance(value, str):
        return None
    return Link(f"{public_url.rstrip('/')}{kind.link.to}{value}", kind.link.caption)


def day_text(day: date) -> str:
    """A day as papers have it: `2026年11月23日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def local_day_text(at: datetime) -> str:
    """The day in China at a moment, as papers have it."""
    return day_text(local_day(at))


def _value(field: PaperField, inputs: Mapping[str, object], regions: Regions) -> str:
    here = _at(inputs, field.source)
    if field.show in ("number", "yuan") and isinstance(here, int) and not isinstance(here, bool):
        return str(here) if field.show == "number" else f"{here // FEN_PER_YUAN}.{here % FEN_PER_YUAN:02d} 元"
    if not isinstance(here, str) or not here.strip():
        raise ContentTrouble(f"缺少“{field.label}”，证照没有签发。")
    if field.values:
        if here not in field.values:
            raise ContentTrouble(f"“{field.label}”的内容不认识，证照没有签发。")
        return field.values[here]
    if field.show == "division":
        return regions.full_name(here) if here in regions else here
    if field.show == "day":
        try:
            return day_text(date.fromisoformat(here))
        except ValueError:
            raise ContentTrouble(f"“{field.label}”不是日期，证照没有签发。") from None
    return here


def _at(inputs: Mapping[str, object], path: str) -> object:
    here: object = inputs
    for part in path.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here
