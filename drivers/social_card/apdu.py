"""Commands to a chip card and its answers (ISO/IEC 7816-4), the few that a social-security card needs (pure).

to the card     CLA INS P1 P2 | Lc data | or Le
from the card   data | SW1 SW2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

APPLICATION: Final = "sx1.sh.社会保障".encode("gbk")
"""The name of the application on every social-security card."""
RESPONSE_BYTES_MAX: Final = 258

_BY_NAME: Final = 0x04
_BY_FILE: Final = 0x02
OK: Final = 0x9000
_MORE: Final = 0x61
_OTHER_LENGTH: Final = 0x6C

_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {
        0x6282: "card_data",
        0x6283: "card_locked",
        0x6400: "card_fault",
        0x6581: "card_fault",
        0x6700: "our_command",
        0x6881: "our_command",
        0x6981: "card_data",
        0x6982: "security",
        0x6983: "card_locked",
        0x6985: "security",
        0x6A80: "our_command",
        0x6A81: "wrong_card",
        0x6A82: "wrong_card",
        0x6A83: "record_missing",
        0x6A86: "our_command",
        0x6B00: "our_command",
        0x6D00: "wrong_card",
        0x6E00: "wrong_card",
        0x6F00: "card_fault",
        0x9303: "card_locked",
    }
)
STATUS_NAMES: Final = tuple(sorted({*_NAMES.values(), "unknown_status"}))
"""Everything a card's status may mean but success; the names are those of diagnosis.py."""


class BadResponse(ValueError):
    """These bytes are no answer of a card."""


@dataclass(frozen=True, repr=False)
class Response:
    """One answer: what the card said, and its status."""

    data: bytes
    sw: int

    @property
    def more(self) -> int | None:
        """How many bytes wait to be fetched (0 stands for 256), None where all is said."""
        return self.sw & 0xFF if self.sw >> 8 == _MORE else None

    @property
    def length(self) -> int | None:
        """The length to ask with instead, None where the length was right."""
        return self.sw & 0xFF if self.sw >> 8 == _OTHER_LENGTH else None

    @property
    def name(self) -> str:
        """What a status other than success means, one of STATUS_NAMES."""
        return _NAMES.get(self.sw, "unknown_status")

    def __repr__(self) -> str:
        return f"<Response {len(self.data)} bytes, SW {self.sw:04X}>"


def parse(untrusted_response: bytes) -> Response:
    """The answer in these bytes; raises BadResponse."""
    if not 2 <= len(untrusted_response) <= RESPONSE_BYTES_MAX:
        raise BadResponse(f"{len(untrusted_response)} bytes")
    sw = int.from_bytes(untrusted_response[-2:], "big")
    if not 0x6100 <= sw <= 0x9FFF or 0x7000 <= sw < 0x9000:
        raise BadResponse(f"SW {sw:04X}")
    return Response(untrusted_response[:-2], sw)


def select_application() -> bytes:
    """SELECT the social-security application by its name."""
    return bytes([0x00, 0xA4, _BY_NAME, 0x00, len(APPLICATION)]) + APPLICATION


def select_file(file: int) -> bytes:
    """SELECT an elementary file of the application by its two-byte name."""
    return bytes([0x00, 0xA4, _BY_FILE, 0x00, 2]) + file.to_bytes(2, "big")


def read_record(identifier: int, length: int) -> bytes:
    """READ RECORD with this identifier in the selected file; `length` of the whole record, 256 at most."""
    return bytes([0x00, 0xB2, identifier, 0x00, length & 0xFF])


def get_response(length: int) -> bytes:
    """GET RESPONSE: fetch what a T=0 card has announced."""
    return bytes([0x00, 0xC0, 0x00, 0x00, length & 0xFF])


def with_length(command: bytes, length: int) -> bytes:
    """The same command without data, asking for this many bytes."""
    return command[:4] + bytes([length & 0xFF])
