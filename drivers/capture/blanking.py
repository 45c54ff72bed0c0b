"""Taking what is personal out of a wire's bytes: done by the codec of the kind, which alone knows what is what."""

from __future__ import annotations

import re
from typing import Final, Protocol

UNKNOWN: Final = b"?"
"""Written for each byte that no codec understands: it might be anybody's name."""
ANYBODY: Final = "某"


class Blanker(Protocol):
    """Knows one conversation. What it cannot tell yet it holds back and gives with later bytes, or with `rest`."""

    def sent(self, data: bytes) -> bytes:
        """What may be written of bytes from us to the device, and of those held back before."""

    def heard(self, data: bytes) -> bytes:
        """The same for bytes from the device."""

    def rest(self) -> tuple[bytes, bytes]:
        """What may be written of what is still held back: (sent, heard)."""


_BLANKS: Final = ((re.compile(r"[0-9]"), "0"), (re.compile(r"[A-Za-z]"), "A"), (re.compile(r"[^\x00-\x7f]"), ANYBODY))


def blank(text: str) -> str:
    """Digits to 0, Latin letters to A, anything beyond ASCII to 某; white space and signs stay."""
    for pattern, instead in _BLANKS:
        text = pattern.sub(instead, text)
    return text


def table(kept: bytes) -> bytes:
    """For `bytes.translate`, one byte for one, so that no split matters: digits to 0, Latin letters to A, `kept` as it
    is, anything else UNKNOWN.
    """
    digits, letters = b"0123456789", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    plain = {**dict.fromkeys(kept, 0), **dict.fromkeys(digits, b"0"[0]), **dict.fromkeys(letters, b"A"[0])}
    return bytes(plain.get(byte, UNKNOWN[0]) or byte for byte in range(256))
