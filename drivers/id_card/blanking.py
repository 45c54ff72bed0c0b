"""What may be written down of a talk with a SAM module: everything but what is on the card."""

from __future__ import annotations

import re
from typing import Final

from drivers.capture.blanking import ANYBODY, UNKNOWN, blank
from drivers.id_card import frame
from drivers.id_card.frame import BadCheck, Frame, FrameFinder
from drivers.id_card.text_block import BLOCK_BYTES

_SW_BYTES: Final = 3
_HARMLESS_BYTES: Final = _SW_BYTES + 16
"""Replies up to the module's own number: status, find, select, SAM number."""
_LENGTHS_BYTES: Final = 4
_PHOTO_HEAD_BYTES: Final = 8
"""`WL`, width and height: true of every card's picture."""
_FLAG: Final = slice(248, 250)


class SamBlanker:
    """A Blanker for GA 467."""

    def __init__(self) -> None:
        self._finder = FrameFinder()
        self._held = 0

    def sent(self, data: bytes) -> bytes:
        """Commands name no one."""
        return data

    def heard(self, data: bytes) -> bytes:
        """Whole frames, blanked; a byte outside any frame becomes UNKNOWN."""
        self._finder.hold(data)
        self._held += len(data)
        written = bytearray()
        while True:
            # One item after the other: the finder tells how much noise there was, but not between which frames.
            noise = self._finder.noise_bytes
            item = self._finder.next()
            written += self._noise(self._finder.noise_bytes - noise)
            match item:
                case None:
                    return bytes(written)
                case Frame(content):
                    whole = frame.encode(blanked(content))
                    self._held -= len(whole)
                    written += whole
                case BadCheck():
                    pass

    def rest(self) -> tuple[bytes, bytes]:
        """A frame that never ended might hold half a name."""
        return b"", self._noise(self._held)

    def _noise(self, count: int) -> bytes:
        self._held -= count
        return UNKNOWN * count


def blanked(content: bytes) -> bytes:
    """The content of a reply with everything that is written on the card replaced; its length stays."""
    if len(content) <= _HARMLESS_BYTES:
        return content
    head, body = content[:_SW_BYTES], content[_SW_BYTES:]
    if int.from_bytes(body[:2], "big") != BLOCK_BYTES:
        return head + _characters(body)
    start = _LENGTHS_BYTES if _is_base_read(body) else _LENGTHS_BYTES + 2
    text = body[start : start + BLOCK_BYTES]
    flag = text[_FLAG]
    covered = _characters(text)
    pictures = body[start + BLOCK_BYTES :]
    return (
        head
        + body[:start]
        + covered[: _FLAG.start]
        + flag
        + covered[_FLAG.stop :]
        + pictures[:_PHOTO_HEAD_BYTES]
        + bytes(max(0, len(pictures) - _PHOTO_HEAD_BYTES))
    )


def _is_base_read(body: bytes) -> bool:
    """Whether two lengths stand before the text (30 01), or three (30 10, with fingerprints)."""
    return len(body) == _LENGTHS_BYTES + BLOCK_BYTES + int.from_bytes(body[2:4], "big")


def _characters(data: bytes) -> bytes:
    text = re.sub(r"[^\x00-\uffff]", ANYBODY * 2, data.decode("utf-16-le", errors="replace"))
    covered = blank(text).encode("utf-16-le")
    return covered[: len(data)].ljust(len(data), UNKNOWN)
