"""What may be written down of a talk with an ESC/POS printer: commands and answers, but not what is on the slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.capture.blanking import ANYBODY, UNKNOWN, table

_ANYBODY: Final = ANYBODY.encode("gb18030")
_SIGNS: Final = re.compile(rb"[^\x10\x1b-\x1d\x80-\xff]+")
_HANZI: Final = re.compile(rb"(?:[\x80-\xff](?:[0-9]..|[^0-9]))+", re.DOTALL)
"""Characters of GB18030 beyond ASCII: two bytes, or four where the second is a digit."""
_COVER: Final = table(bytes(byte for byte in range(0x80) if not chr(byte).isalnum()))
_HELD_MAX: Final = 128 * 1024
_HEAD_BYTES: Final = 8
"""So many bytes of a command tell its length, whichever it is."""

_LENGTHS: Final[Mapping[bytes, int]] = MappingProxyType(
    {
        **dict.fromkeys((b"\x1b@", b"\x1bi", b"\x1bm", b"\x1bv", b"\x1b2", b"\x1c&", b"\x1c."), 2),
        **dict.fromkeys((b"\x1bd", b"\x1bJ", b"\x1ba", b"\x1bE", b"\x1b-", b"\x1b3", b"\x1bt", b"\x1c!", b"\x1cW"), 3),
        **dict.fromkeys((b"\x1c-", b"\x1dr", b"\x1da", b"\x1d!", b"\x10\x04", b"\x10\x05"), 3),
        b"\x10\x14": 10,
        b"\x1cP": 6,
    }
)
"""How long each command is, by its first two bytes; those that say it themselves are cut in `_length`."""


class EscposBlanker:
    """A Blanker for ESC/POS with GB18030 text."""

    def __init__(self) -> None:
        self._held = b""

    def sent(self, data: bytes) -> bytes:
        """Commands as they are; text, symbols and pictures blanked at their length."""
        self._held += data
        written = bytearray()
        at = 0
        while at < len(self._held):
            step = _step(self._held, at)
            if step is None:
                break
            length, covered = step
            written += covered
            at += length
        self._held = self._held[at:]
        if len(self._held) > _HELD_MAX:  # a length that lies: nothing waits for ever
            written += UNKNOWN * len(self._held)
            self._held = b""
        return bytes(written)

    def heard(self, data: bytes) -> bytes:
        """Status names no one."""
        return data

    def rest(self) -> tuple[bytes, bytes]:
        """Half a command might be half a name."""
        held, self._held = self._held, b""
        return UNKNOWN * len(held), b""


def _step(data: bytes, at: int) -> tuple[int, bytes] | None:
    """How many bytes the next piece has and what may be written of it; None where more bytes are needed."""
    if signs := _SIGNS.match(data, at):
        return len(signs[0]), signs[0].translate(_COVER)
    if data[at] >= 0x80:
        hanzi = _HANZI.match(data, at)
        return None if hanzi is None else (len(hanzi[0]), _ANYBODY * (len(hanzi[0]) // 2))
    length = _length(data[at : at + _HEAD_BYTES])
    if length is None or len(data) - at < length:
        return None
    return length, _command(data[at : at + length])


def _length(rest: bytes) -> int | None:
    """How long the command is that begins with these bytes; None where they are too few to tell."""
    head = rest[:2]
    if len(head) < 2:
        return None
    match head:
        case b"\x1d(":
            return 5 + int.from_bytes(rest[3:5], "little") if len(rest) >= 5 else None
        case b"\x1dv":
            across, high = int.from_bytes(rest[4:6], "little"), int.from_bytes(rest[6:8], "little")
            return 8 + across * high if len(rest) >= 8 else None
        case b"\x1de":
            return None if len(rest) < 3 else 4 if rest[2] == 3 else 3
        case b"\x1dV":
            return None if len(rest) < 3 else 4 if rest[2] in (65, 66) else 3
    return _LENGTHS.get(head, 2)


def _command(command: bytes) -> bytes:
    if command.startswith(b"\x1d(k") and command[5:8] == b"\x31\x50\x30":
        return command[:8] + b"0" * (len(command) - 8)
    if command.startswith(b"\x1dv"):
        return command[:8] + bytes(len(command) - 8)
    return command
