"""The frames of the SAM module (GA 467), both ways, and finding them in whatever a line delivers.

    AA AA AA 96 69 | length, 2 bytes, big-endian | content | check

`length` counts content and check; `check` is the XOR of everything after the preamble but itself. Content is
CMD PARA data to the module and SW1 SW2 SW3 data from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Final

PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
CONTENT_BYTES_MAX: Final = 0x0A40
"""A little more than the largest reply (text, photo and two fingerprints); a larger length is noise."""

_HEAD_BYTES: Final = len(PREAMBLE) + 2


@dataclass(frozen=True)
class Frame:
    """One frame whose check byte is right; its content is still not to be trusted."""

    content: bytes


@dataclass(frozen=True)
class BadCheck:
    """A whole frame whose check byte is wrong."""


def encode(content: bytes) -> bytes:
    """The frame around this content, 1 to CONTENT_BYTES_MAX bytes."""
    if not 1 <= len(content) <= CONTENT_BYTES_MAX:
        raise ValueError(f"a frame holds 1 to {CONTENT_BYTES_MAX} bytes")
    counted = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + counted + bytes([_check(counted)])


def command(cmd: int, para: int, data: bytes = b"") -> bytes:
    """The frame of one command to the module."""
    return encode(bytes([cmd, para]) + data)


def reply(sw: tuple[int, int, int], data: bytes = b"") -> bytes:
    """The frame of one reply from the module."""
    return encode(bytes(sw) + data)


@dataclass
class FrameFinder:
    """Bytes in, frames out, in any split and behind any garbage. Never raises.

    A frame that has begun is waited for, even where a smaller one seems to lie inside it: what a card's own data look
    like must not be taken for the module's word. `give_up` ends the waiting and looks inside after all.
    """

    noise_bytes: int = 0
    """Bytes thrown away so far because no frame can begin with them."""
    _held: bytearray = field(default_factory=bytearray)

    @property
    def begun(self) -> bool:
        """Whether a whole preamble has come of a frame whose end has not."""
        return self._held.startswith(PREAMBLE)

    def feed(self, untrusted_data: bytes) -> tuple[Frame | BadCheck, ...]:
        """The frames completed by these bytes."""
        self.hold(untrusted_data)
        found: list[Frame | BadCheck] = []
        while (item := self.next()) is not None:
            found.append(item)
        return tuple(found)

    def hold(self, untrusted_data: bytes) -> None:
        """Takes these bytes without looking at them: for who asks `next` for one frame after the other."""
        self._held += untrusted_data

    def give_up(self) -> tuple[Frame | BadCheck, ...]:
        """The frames that lie inside one that has begun and will not end."""
        found: list[Frame | BadCheck] = []
        while self.begun:
            self._drop(1)
            found += self.feed(b"")
        return tuple(found)

    def next(self) -> Frame | BadCheck | None:
        """The first frame held, or None where more bytes are needed; everything before it is dropped as noise."""
        while True:
            self._drop(_start(self._held))
            if len(self._held) < _HEAD_BYTES:
                return None
            length = int.from_bytes(self._held[len(PREAMBLE) : _HEAD_BYTES], "big")
            if not 2 <= length <= CONTENT_BYTES_MAX + 1:
                self._drop(1)
                continue
            if len(self._held) < _HEAD_BYTES + length:
                return None
            return self._take(length)

    def _take(self, length: int) -> Frame | BadCheck:
        counted = bytes(self._held[len(PREAMBLE) : _HEAD_BYTES + length])
        if _check(counted) != 0:
            # The length itself may be what is wrong: only the preamble is spent, the next frame may lie within.
            self._drop(1)
            return BadCheck()
        del self._held[: _HEAD_BYTES + length]
        return Frame(counted[2:-1])

    def _drop(self, count: int) -> None:
        self.noise_bytes += count
        del self._held[:count]


def _start(held: bytearray) -> int:
    """Where the first preamble begins, or the tail that may become one."""
    whole = held.find(PREAMBLE)
    if whole >= 0:
        return whole
    for size in range(min(len(PREAMBLE) - 1, len(held)), 0, -1):
        if held.endswith(PREAMBLE[:size]):
            return len(held) - size
    return len(held)


def _check(counted: bytes) -> int:
    return reduce(xor, counted, 0)
