"""What may be written down of a talk with a scanner on a line: set-up and suffixes, but not what was shown to it."""

from __future__ import annotations

from typing import Final

from drivers.capture.blanking import UNKNOWN, table
from drivers.code_scanner import gm65

_COVER: Final = table(bytes(range(1, 0x20)) + b"\x7f")
"""Control bytes stay, for they are what goes wrong on a line; no sign does, for it may be half a Chinese character."""
_ANSWER_BYTES: Final = 7
"""An answer with one byte of data: all that a scanner says to what is asked of it. A longer one might be a code."""


class CodeBlanker:
    """A Blanker for text lines with the answers of the GM65 family between them."""

    def __init__(self) -> None:
        self._held = b""

    def sent(self, data: bytes) -> bytes:
        """Orders name no one."""
        return data

    def heard(self, data: bytes) -> bytes:
        """Answers as they are, digits and letters of codes blanked, what else a code has UNKNOWN."""
        self._held += data
        written = bytearray()
        while (at := _answer_at(self._held)) is not None:
            end = at + _ANSWER_BYTES
            whole = len(self._held) >= end
            written += _covered(self._held[:at])
            self._held = self._held[at:]
            if not whole:
                return bytes(written)
            written += self._held[:_ANSWER_BYTES]
            self._held = self._held[_ANSWER_BYTES:]
        written += _covered(self._held)
        self._held = b""
        return bytes(written)

    def rest(self) -> tuple[bytes, bytes]:
        """Half an answer might be a code after all."""
        held, self._held = self._held, b""
        return b"", UNKNOWN * len(held)


def _covered(piece: bytes) -> bytes:
    return piece.translate(_COVER)


def _answer_at(held: bytes) -> int | None:
    """Where the first answer begins, or what may yet become one; None where there is none."""
    at = held.find(gm65.REPLY_HEAD[:1])
    while at >= 0:
        if _may_be_answer(held[at : at + _ANSWER_BYTES]):
            return at
        at = held.find(gm65.REPLY_HEAD[:1], at + 1)
    return None


def _may_be_answer(piece: bytes) -> bool:
    head = gm65.REPLY_HEAD + b"\x00\x01"
    if len(piece) < _ANSWER_BYTES:
        return head.startswith(piece) or piece.startswith(head)
    return piece.startswith(head) and gm65.cut_reply(piece) == (piece[4:5], b"")
