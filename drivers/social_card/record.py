"""The records of a social-security card's basic files, both ways, and the card as plain values (pure).

Each record is tag, length, value. EF05 holds what the issuer wrote, EF06 who the holder is. Source: two public programs
that read these files agree on files, tags and lengths (reference devices.md §5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from drivers.social_card.port import SocialCard

ISSUER_FILE: Final = 0xEF05
HOLDER_FILE: Final = 0xEF06

Form = Literal["hex", "text", "digits", "code"]


@dataclass(frozen=True)
class Item:
    """One record: where it lies, how long its value is, how it is written, and the field of SocialCard it fills."""

    file: int
    tag: int
    size: int
    form: Form
    field: str
    needed: bool = False

    @property
    def record_bytes(self) -> int:
        """Tag, length and value together."""
        return 2 + self.size


ITEMS: Final = (
    Item(ISSUER_FILE, 0x01, 16, "hex", "card_id"),
    Item(ISSUER_FILE, 0x03, 4, "text", "version"),
    Item(ISSUER_FILE, 0x04, 12, "hex", "issuer"),
    Item(ISSUER_FILE, 0x05, 4, "digits", "issued"),
    Item(ISSUER_FILE, 0x06, 4, "digits", "valid_to"),
    Item(ISSUER_FILE, 0x07, 9, "text", "card_number", needed=True),
    Item(HOLDER_FILE, 0x08, 18, "text", "id_number", needed=True),
    Item(HOLDER_FILE, 0x09, 30, "text", "name", needed=True),
    Item(HOLDER_FILE, 0x0A, 1, "code", "sex_code"),
    Item(HOLDER_FILE, 0x0B, 1, "digits", "ethnic_code"),
    Item(HOLDER_FILE, 0x0C, 3, "digits", "birthplace"),
    Item(HOLDER_FILE, 0x0D, 4, "digits", "birth_text"),
)
NAME_MORE: Final = Item(HOLDER_FILE, 0x4E, 20, "text", "name")
"""The rest of a name that does not fit into its 30 bytes; asked for only where they are full."""


_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")


class BadRecord(ValueError):
    """These bytes are not the record that was asked for."""


def parse(item: Item, untrusted_record: bytes) -> str:
    """The value of this record as text; raises BadRecord."""
    if len(untrusted_record) < 2 or untrusted_record[0] != item.tag:
        raise BadRecord("tag")
    value = untrusted_record[2:]
    if untrusted_record[1] != len(value) or not 1 <= len(value) <= item.size:
        raise BadRecord("length")
    match item.form:
        case "hex":
            return "" if set(value) <= {0x00, 0xFF} else value.hex().upper()
        case "digits":
            return _digits(value)
        case "code":
            # One byte, as a character or as a number.
            return "" if value[0] == 0 else str(value[0]) if value[0] < 0x0A else _text(value)
        case _:
            return _text(value)


def encode(item: Item, text: str) -> bytes:
    """The record with this value, padded; raises ValueError for a value it cannot hold."""
    match item.form:
        case "hex":
            value = bytes.fromhex(text) if text else bytes(item.size)
        case "digits":
            value = bytes.fromhex(text.ljust(item.size * 2, "F"))
        case _:
            value = text.encode("gb18030").ljust(item.size, b"\0")
    if len(value) != item.size:
        raise ValueError(f"{item.field} does not fit into {item.size} bytes")
    return bytes([item.tag, item.size]) + value


def is_full(item: Item, untrusted_record: bytes) -> bool:
    """Whether a text fills its record to the last byte, so that more of it may lie elsewhere."""
    return len(untrusted_record) == item.record_bytes and untrusted_record[-1:] not in (b"\0", b" ", b"\xff")


def to_record(card: SocialCard) -> dict[str, Any]:
    """Every field of the card under its own name, codes beside their meaning."""
    birth = None if card.birth is None else card.birth.isoformat()
    return {**asdict(card), "sex": card.sex, "ethnic": card.ethnic, "birth": birth}


def from_record(record: Mapping[str, Any]) -> SocialCard:
    """The card these values describe; raises ValueError naming what is missing or wrong."""
    known = {field.name for field in fields(SocialCard)}
    given = {name: value for name, value in record.items() if name in known}
    for name in ("card_number", "id_number", "name"):
        if not given.get(name):
            raise ValueError(f"the card lacks {name}")
    for name, value in given.items():
        if not isinstance(value, str):
            raise ValueError(f"{name} must be text")  # noqa: TRY004 — one family for whatever is wrong with a record
    return SocialCard(**given)


def _digits(value: bytes) -> str:
    """Two digits a byte; F fills what is not there."""
    text = value.hex().rstrip("f")
    if not text.isdecimal() and text:
        raise BadRecord("digits")
    return "" if set(text) <= {"0"} and len(value) > 1 else text


def _text(value: bytes) -> str:
    try:
        text = value.rstrip(b"\0\xff ").decode("gb18030")
    except UnicodeDecodeError as error:
        raise BadRecord("text") from error
    if _CONTROL.search(text):
        raise BadRecord("control")
    return text
