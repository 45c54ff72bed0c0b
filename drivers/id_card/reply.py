"""What the module says: its status bytes by name, and the bodies of its answers cut into their parts."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
FINGERPRINT_BYTES: Final = (0, 512, 1024)
"""None, one finger or two; a card without fingerprints is no fault."""
ADDRESS_BYTES: Final = 70
NUMBER_BYTES: Final = 16

FIND: Final = frame.command(0x20, 0x01)
SELECT: Final = frame.command(0x20, 0x02)
READ: Final = frame.command(0x30, 0x01)
READ_WITH_FINGERPRINTS: Final = frame.command(0x30, 0x10)
READ_NEWEST_ADDRESS: Final = frame.command(0x30, 0x03)
STATUS: Final = frame.command(0x11, 0xFF)
MODULE_NUMBER: Final = frame.command(0x12, 0xFF)

BAUDS: Final = (115200, 57600, 38400, 19200, 9600)
"""The rates a module can be told to speak at; the place of a rate is its code."""
RF_BYTES: Final = range(24, 256)
"""How many bytes a module may be told to exchange with a card at once."""


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
    text_bytes, photo_bytes = _length(untrusted_body, 0), _length(untrusted_body, 1)
    _must_add_up(untrusted_body, text_bytes, photo_bytes)
    return text_block.decode(untrusted_body[4 : 4 + text_bytes], untrusted_body[4 + text_bytes :])


def parse_card_with_fingerprints(untrusted_body: bytes) -> IdCard:
    """The same with a third length and block, which is carried as it is. Raises BadBody or BadText, nothing else."""
    text_bytes, photo_bytes = _length(untrusted_body, 0), _length(untrusted_body, 1)
    finger_bytes = _length(untrusted_body, 2)
    if finger_bytes not in FINGERPRINT_BYTES:
        raise BadBody(f"a card with {finger_bytes} bytes of fingerprints")
    _must_add_up(untrusted_body, text_bytes, photo_bytes, finger_bytes)
    text, photo = 6 + text_bytes, 6 + text_bytes + photo_bytes
    card = text_block.decode(untrusted_body[6:text], untrusted_body[text:photo])
    return replace(card, fingerprints=untrusted_body[photo:])


def parse_newest_address(untrusted_data: bytes) -> str:
    """The address in 70 bytes of UTF-16LE, padded with spaces. Raises BadBody."""
    if len(untrusted_data) != ADDRESS_BYTES:
        raise BadBody(f"an address of {len(untrusted_data)} bytes")
    try:
        return untrusted_data.decode("utf-16-le").rstrip(text_block.PAD + "\0")
    except UnicodeDecodeError as error:
        raise BadBody("an address that is no characters") from error


def parse_module_number(untrusted_data: bytes) -> str:
    """The module's own number as its makers print it: two numbers of 16 bits, three of 32. Raises BadBody."""
    if len(untrusted_data) != NUMBER_BYTES:
        raise BadBody(f"a module number of {len(untrusted_data)} bytes")
    kind, model, made, serial, more = _NUMBER.unpack(untrusted_data)
    return f"{kind:02d}.{model:02d}-{made:08d}-{serial:010d}-{more:010d}"


def card_body(card: IdCard) -> bytes:
    """The body of a read of this card. Raises BadText for a value that does not fit."""
    text = text_block.encode(card)
    return _two(text) + _two(card.photo) + text + card.photo


def card_body_with_fingerprints(card: IdCard) -> bytes:
    """The body of a read that asked for fingerprints too. Raises BadText for a value that does not fit."""
    text, fingers = text_block.encode(card), card.fingerprints or b""
    return _two(text) + _two(card.photo) + _two(fingers) + text + card.photo + fingers


def newest_address_data(address: str) -> bytes:
    """The data of an answer with this address. Raises BadText where it does not fit."""
    return text_block.padded(address, ADDRESS_BYTES, "newest_address")


def set_baud(rate: int) -> bytes:
    """The command to speak at this rate, one of BAUDS, from now on."""
    return frame.command(0x60, BAUDS.index(rate))


def set_rf_bytes(most: int) -> bytes:
    """The command to exchange at most so many bytes with a card at once, one of RF_BYTES."""
    return frame.command(0x61, 0xFF, bytes([most]))


_NUMBER: Final = struct.Struct("<HHIII")


def _length(body: bytes, place: int) -> int:
    return int.from_bytes(body[2 * place : 2 * place + 2], "big")


def _two(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big")


def _must_add_up(body: bytes, text_bytes: int, photo_bytes: int, *more: int) -> None:
    if text_bytes != text_block.BLOCK_BYTES or photo_bytes not in (0, PHOTO_BYTES):
        raise BadBody(f"a card with {text_bytes} bytes of text and {photo_bytes} of photo")
    lengths = (text_bytes, photo_bytes, *more)
    expected = 2 * len(lengths) + sum(lengths)
    if len(body) != expected:
        raise BadBody(f"a body of {len(body)} bytes that should have {expected}")
