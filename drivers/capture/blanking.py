"""Taking what is personal out of a wire's bytes: done by the codec of the kind, which alone knows what is what."""

from __future__ import annotations

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


def blank_character(char: str) -> str:
    """Digits to 0, Latin letters to A, anything else that means something to 某; white space and signs stay."""
    if char.isdecimal() and char.isascii():
        return "0"
    if char.isascii():
        return "A" if char.isalpha() else char
    return ANYBODY
