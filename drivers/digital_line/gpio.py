"""The GPIO character device, second version: its structures as bytes (include/uapi/linux/gpio.h, since Linux 5.10)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drivers.digital_line.modem import BadStruct

OFFSETS_MAX: Final = 64
# The offsets and the consumer; flags, number of attributes, padding and ten attributes of 24 bytes; number of lines,
# size of the event buffer, padding, and last the handle.
_REQUEST: Final = struct.Struct("=64I32sQI20x240xII20xi")
_VALUES: Final = struct.Struct("=QQ")


def _iowr(number: int, size: int) -> int:
    return 3 << 30 | size << 16 | 0xB4 << 8 | number


GET_LINE: Final = _iowr(0x07, _REQUEST.size)
GET_VALUES: Final = _iowr(0x0E, _VALUES.size)
INPUT: Final = 1 << 2
PULLS: Final[Mapping[str, int]] = MappingProxyType({"as-is": 0, "up": 1 << 8, "down": 1 << 9, "off": 1 << 10})


@dataclass(frozen=True)
class LineAsked:
    """One line asked for as an input, by whom, with which pull."""

    offset: int
    pull: str
    consumer: str


def question(asked: LineAsked) -> bytes:
    """What GET_LINE is given."""
    offsets = (asked.offset, *(0,) * (OFFSETS_MAX - 1))
    return _REQUEST.pack(*offsets, asked.consumer.encode("ascii")[:31], INPUT | PULLS[asked.pull], 0, 1, 0, 0)


def asked_of(untrusted: bytes) -> LineAsked:
    """What GET_LINE was given, for whoever plays the kernel; raises BadStruct."""
    if len(untrusted) != _REQUEST.size:
        raise BadStruct("no line request")
    *offsets, consumer, flags, attributes, lines, _, _ = _REQUEST.unpack(untrusted)
    pull = next((name for name, bit in PULLS.items() if flags == INPUT | bit), None)
    if lines != 1 or attributes or pull is None:
        raise BadStruct("not one plain input")
    return LineAsked(offsets[0], pull, consumer.split(b"\0")[0].decode("ascii", "replace"))


def granted(asked: bytes, handle: int) -> bytes:
    """The request as the kernel gives it back: with the handle of the line."""
    return asked[:-4] + struct.pack("=i", handle)


def handle_of(answer: bytes) -> int:
    """The handle of the line that was granted; raises BadStruct."""
    if len(answer) != _REQUEST.size:
        raise BadStruct("no line request")
    handle: int = struct.unpack_from("=i", answer, _REQUEST.size - 4)[0]
    if handle < 0:
        raise BadStruct("no handle")
    return handle


def values_question() -> bytes:
    """What GET_VALUES is given: the first and only line of the request."""
    return _VALUES.pack(0, 1)


def values(active: bool) -> bytes:
    """What the kernel fills in."""
    return _VALUES.pack(int(active), 1)


def level(answer: bytes) -> bool:
    """Whether the line is high; raises BadStruct."""
    if len(answer) != _VALUES.size:
        raise BadStruct("no values")
    return bool(_VALUES.unpack(answer)[0] & 1)
