"""Cards as plain values: what `device read --json` prints and what a simulator's door is given."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

from drivers.id_card.codes import ethnic_code, sex_code
from drivers.id_card.port import ForeignCard2017, ForeignCard2023, HkMoTwCard, IdCard, ResidentCard
from drivers.id_card.reply import PHOTO_BYTES

PLAIN_PHOTO: Final = bytes.fromhex("574C66007E003200").ljust(PHOTO_BYTES, b"\0")
"""A blob with the right head (WLT, 102 × 126) and no picture in it."""


def to_record(card: IdCard) -> dict[str, Any]:
    """Every field of the card under its own name, codes beside their meaning; fingerprints are in no record."""
    record: dict[str, Any] = {"layout": card.layout, "name": card.name}
    if isinstance(card, ForeignCard2017 | ForeignCard2023):
        record |= {
            "chinese_name": card.chinese_name,
            "english_name": card.english_name,
            "nationality": card.nationality,
        }
    record |= {"sex": card.sex, "sex_code": card.sex_code}
    if isinstance(card, ResidentCard):
        record |= {"ethnic": card.ethnic, "ethnic_code": card.ethnic_code}
    record |= {
        "birth": None if card.birth is None else card.birth.isoformat(),
        "birth_text": card.birth_text,
        "number": card.number,
        "address": card.address,
        "newest_address": card.newest_address,
        "authority": card.authority,
        "valid_from": card.valid_from,
        "valid_to": card.valid_to,
    }
    match card:
        case HkMoTwCard():
            record |= {"permit_number": card.permit_number, "issue_count": card.issue_count}
        case ForeignCard2017():
            record |= {"card_version": card.card_version}
        case ForeignCard2023():
            record |= {"renewals": card.renewals, "link": card.link}
        case ResidentCard():
            pass
    return record | {"photo_base64": base64.b64encode(card.photo).decode("ascii")}


def from_record(record: Mapping[str, Any]) -> IdCard:
    """The card these values describe; raises ValueError naming what is missing or wrong.

    Dates may be 20261123 or 2026-11-23, sex and ethnic group their name or their code.
    """
    common: dict[str, Any] = {
        "sex_code": sex_code(_text(record, "sex")),
        "birth_text": _day(_text(record, "birth")),
        "number": _text(record, "number"),
        "valid_from": _day(_text(record, "valid_from")),
        "valid_to": _day(_text(record, "valid_to")),
        "photo": _photo(record),
        "newest_address": _text(record, "newest_address") if record.get("newest_address") is not None else None,
    }
    layout = record.get("layout", "resident")
    if layout == "resident":
        return ResidentCard(
            name=_text(record, "name"),
            ethnic_code=ethnic_code(_text(record, "ethnic", "01")),
            address=_text(record, "address"),
            authority=_text(record, "authority"),
            **common,
        )
    if layout == "J":
        return HkMoTwCard(
            name=_text(record, "name"),
            address=_text(record, "address"),
            authority=_text(record, "authority"),
            permit_number=_text(record, "permit_number", ""),
            issue_count=_text(record, "issue_count", ""),
            **common,
        )
    if layout not in ("I", "Y"):
        raise ValueError(f"no card has the layout {layout!r}; there are resident, J, I, Y")
    common |= {
        "chinese_name": _text(record, "chinese_name", _text(record, "name", "")),
        "english_name": _text(record, "english_name", ""),
        "nationality": _text(record, "nationality", ""),
    }
    if layout == "I":
        return ForeignCard2017(
            card_version=_text(record, "card_version", ""), authority=_text(record, "authority", ""), **common
        )
    return ForeignCard2023(renewals=_text(record, "renewals", ""), link=_text(record, "link", ""), **common)


def _text(record: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = record.get(name, default)
    if value is None:
        raise ValueError(f"the card lacks {name}")
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")  # noqa: TRY004 — one family for whatever is wrong with a record
    return value


def _day(text: str) -> str:
    return text.replace("-", "").replace(".", "")


def _photo(record: Mapping[str, Any]) -> bytes:
    if "photo_base64" not in record or record["photo_base64"] is None:
        return PLAIN_PHOTO
    photo = base64.b64decode(_text(record, "photo_base64"), validate=True)
    if len(photo) not in (0, PHOTO_BYTES):
        raise ValueError(f"a card's photo has {PHOTO_BYTES} bytes, this one {len(photo)}")
    return photo
