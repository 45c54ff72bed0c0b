"""The modem lines of a serial port as the kernel tells them: the request, and one bit for each line (asm/termios.h)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TIOCMGET: Final = 0x5415
LINES: Final[Mapping[str, int]] = MappingProxyType({"cts": 0x020, "dcd": 0x040, "ri": 0x080, "dsr": 0x100})
_BITS: Final = struct.Struct("=I")


class BadStruct(ValueError):
    """Bytes that are not what the kernel would have filled in."""


def question() -> bytes:
    """What TIOCMGET is given to fill in."""
    return bytes(_BITS.size)


def level(answer: bytes, line: str) -> bool:
    """Whether this line is asserted; raises BadStruct."""
    if len(answer) != _BITS.size:
        raise BadStruct("no set of modem lines")
    return bool(_BITS.unpack(answer)[0] & LINES[line])


def answer(asserted: frozenset[str]) -> bytes:
    """What the kernel fills in while these lines are asserted."""
    return _BITS.pack(sum(LINES[line] for line in asserted))
