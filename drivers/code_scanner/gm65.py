"""The set-up frames of the GM65 family (GM65, GM805, GM812), both ways (pure).

    to the module    7E 00 | type | count | address, 2 bytes | data | check
    from the module  02 00 | 00 | count | data | check

The check is CRC-CCITT (polynomial 1021, start 0) over everything between the first two bytes and itself; AB CD stands
for "not checked" towards the module. A module that hears a wrong check says nothing. Source: frames published with the
module, among them `7E 00 07 01 00 2A 02 D8 0F` (read two bytes at 002A) and `7E 00 09 01 00 00 00 DE C8` (save).
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass
from typing import Final, Literal

HEAD: Final = b"\x7e\x00"
REPLY_HEAD: Final = b"\x02\x00"
UNCHECKED: Final = b"\xab\xcd"
ZONES: Final = 0x0100
"""Addresses that modules answer for; the documented ones end below."""

MODE: Final = 0x0000
"""The zone whose two lowest bits say when the module looks: 0 by its key, 1 by command, 2 always, 3 by itself."""
MODE_BITS: Final = 0x03
BY_COMMAND: Final = 0x01
TRIGGER: Final = 0x0002
"""The zone whose lowest bit starts one search."""

_TYPES: Final[dict[int, Literal["read", "write", "save"]]] = {0x07: "read", 0x08: "write", 0x09: "save"}
_REPLY_OK: Final = 0x00
_COMMAND_LEAST: Final = 9
_REPLY_LEAST: Final = 7


class BadFrame(ValueError):
    """These bytes are no frame of this family, or their check is wrong."""


@dataclass(frozen=True)
class Command:
    """One order to the module: `read` wants `count` bytes from `address`, `write` puts `data` there."""

    kind: Literal["read", "write", "save"]
    address: int
    data: bytes = b""
    count: int = 1


def read_zone(address: int, count: int = 1) -> bytes:
    """The frame that asks for `count` (1–255) bytes at this address."""
    if not 1 <= count <= 0xFF:
        raise ValueError("a reading is of 1 to 255 bytes")
    return _framed(0x07, 1, address, bytes([count]))


def write_zone(address: int, data: bytes) -> bytes:
    """The frame that puts these 1–255 bytes at this address, until the module is switched off."""
    if not 1 <= len(data) <= 0xFF:
        raise ValueError("a writing is of 1 to 255 bytes")
    return _framed(0x08, len(data), address, data)


def save() -> bytes:
    """The frame that makes what was written stay; the module's memory wears out, so only where something changed."""
    return _framed(0x09, 1, 0, b"\0")


def reply(data: bytes) -> bytes:
    """The frame of one answer, as the module sends it."""
    body = bytes([_REPLY_OK, len(data)]) + data
    return REPLY_HEAD + body + _check(b"\0" + body)


def parse_command(untrusted_frame: bytes) -> Command:
    """The order in exactly these bytes; raises BadFrame."""
    if len(untrusted_frame) < _COMMAND_LEAST or not untrusted_frame.startswith(HEAD):
        raise BadFrame("no command")
    kind = _TYPES.get(untrusted_frame[2])
    data = untrusted_frame[6:-2]
    if kind is None or untrusted_frame[3] != len(data):
        raise BadFrame("type or length")
    if untrusted_frame[-2:] not in (UNCHECKED, _check(untrusted_frame[2:-2])):
        raise BadFrame("check")
    address = int.from_bytes(untrusted_frame[4:6], "big")
    if kind == "read":
        if len(data) != 1 or data[0] == 0:
            raise BadFrame("count")
        return Command("read", address, count=data[0])
    return Command(kind, address, data, len(data))


def command_bytes(untrusted_head: bytes) -> int | None:
    """How long the frame is that begins with these bytes, None where that is not yet known."""
    return None if len(untrusted_head) < 4 else 8 + untrusted_head[3]


def cut_reply(untrusted_held: bytes) -> tuple[bytes | None, bytes]:
    """(the data of the first whole answer among these bytes or None, everything that does not belong to it)."""
    at = untrusted_held.find(REPLY_HEAD)
    while at >= 0:
        rest = untrusted_held[at:]
        if len(rest) >= _REPLY_LEAST:
            end = 4 + rest[3] + 2
            frame = rest[:end]
            if rest[2] == _REPLY_OK and len(frame) == end and frame[-2:] == _check(frame[1:-2]):
                return frame[4:-2], untrusted_held[:at] + rest[end:]
        at = untrusted_held.find(REPLY_HEAD, at + 1)
    return None, untrusted_held


def _framed(kind: int, count: int, address: int, data: bytes) -> bytes:
    body = bytes([kind, count]) + address.to_bytes(2, "big") + data
    return HEAD + body + _check(body)


def _check(body: bytes) -> bytes:
    return crc_hqx(body, 0).to_bytes(2, "big")
