"""What a journey wants of a code scanner, and what it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.health import Health


@dataclass(frozen=True, repr=False)
class Scanned:
    """One code as it was read; `symbology` (QR Code, Code 128 …) only where the scanner says it."""

    text: str
    raw: bytes
    symbology: str | None = None

    def __repr__(self) -> str:
        # A slip's code is a key to somebody's answer: it does not belong into a log line.
        return f"<Scanned {len(self.raw)} bytes>"


class CodeScanner(Protocol):
    """A scanner of codes. `open` and `close` may be repeated; a call on a closed scanner raises WrongState."""

    def open(self) -> None:
        """Take the link; raises DeviceTrouble where there is none. What was scanned before is forgotten."""

    def scan(self, timeout_s: float) -> Scanned | Health | None:
        """The next code, None when nobody showed one in time, or what went wrong with the one shown.

        Codes of one burst come one by one. To be ended early, ask in short slices.
        """

    def trigger(self, on: bool) -> Health:
        """Switch the light and the search on or off; harmless where the model decides that by itself."""

    def forget(self) -> None:
        """Drop what was scanned and not asked for: the next resident starts clean."""

    def health(self) -> Health:
        """Ask the scanner where it can be asked, else what was last seen of it."""

    def close(self) -> None:
        """Give the link back."""
