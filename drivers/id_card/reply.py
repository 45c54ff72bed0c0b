"""What the module says: its status bytes by name, and the body of a read cut into text and photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drivers.id_card import frame, text_block
from drivers.id_card.port import IdCard

Sw = tuple[int, int, int]

OK: Final = 0x90
FOUND: Final = 0x9F
NO_CARD: Final = 0x80
EMPTY: Final = 0x91

STATUS_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {
        0x10: "our_checksum",
        0x11: "our_length",
        0x21: "our_command",
        0x23: "beyond_authority",
        0x24: "unrecognised",
        0x31: "card_rejects_reader",
        0x32: "reader_rejects_card",
        0x33: "verification",
        0x40: "wrong_card",
        0x41: "read_failed",
        0x47: "random_failed",
        0x60: "self_test",
        0x66: "not_authorised",
        0x80: "no_card",
        0x81: "select_failed",
        0x91: "empty",
    }
)
"""SW3 by name; 90 and 9F are no troubles. A byte that is not here is `unknown_status`."""

IIN_BYTES: Final = 4
SERIAL_BYTES: Final = 8
PHOTO_BYTES: Final = 1024

FIND: Final = frame.command(0x20, 0x01)
SELECT: Final = frame.command(0x20, 0x02)
READ: Final = frame.command(0x30, 0x01)
STATUS: Final = frame.command(0x11, 0xFF)


@dataclass(frozen=True)
class Reply:
    """One reply; SW1 and SW2 come from the card itself, SW3 from the module."""

    sw: Sw
    data: bytes

    @property
    def name(self) -> str:
        """The trouble's name, for an SW3 that is neither 90 nor 9F."""
        return STATUS_NAMES.get(self.sw[2], "unknown_status")


class BadBody(ValueError):
    """A body whose parts do not add up; always the reader's doing, never the card's."""


def parse(content: bytes) -> Reply | None:
    """The reply in a frame's content, or None where it is too short to be one."""
    return None if len(content) < 3 else Reply((content[0], content[1], content[2]), content[3:])


def parse_card(untrusted_body: bytes) -> IdCard:
    """The card in the body of a read: two lengths, text, photo. Raises BadBody or BadText, nothing else."""
    text_bytes = int.from_bytes(untrusted_body[:2], "big")
    photo_bytes = int.from_bytes(untrusted_body[2:4], "big")
    if text_bytes != text_block.BLOCK_BYTES or photo_bytes not in (0, PHOTO_BYTES):
        raise BadBody(f"a card with {text_bytes} bytes of text and {photo_bytes} of photo")
    if len(untrusted_body) != 4 + text_bytes + photo_bytes:
        raise BadBody(f"a body of {len(untrusted_body)} bytes that should have {4 + text_bytes + photo_bytes}")
    return text_block.decode(untrusted_body[4 : 4 + text_bytes], untrusted_body[4 + text_bytes :])


def card_body(card: IdCard) -> bytes:
    """The body of a read of this card. Raises BadText for a value that does not fit."""
    text = text_block.encode(card)
    return len(text).to_bytes(2, "big") + len(card.photo).to_bytes(2, "big") + text + card.photo
