"""What a journey wants of a receipt printer, in its own words, and what it is told about the paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from drivers.health import Health
from drivers.settlement import PrintResult

QR_BYTES_MAX = 412
"""Bytes that a version 15 symbol at error correction M carries; it still fits 58 mm paper (ISO/IEC 18004 table 7)."""

LINES_MAX = 200
"""Lines of one slip as they come out, fed ones too: most of a metre of paper; more is a mistake, not a slip."""


@dataclass(frozen=True)
class Line:
    """One paragraph, wrapped by the printer's columns; width and height multiply the size of a character."""

    text: str
    width: int = 1
    height: int = 1
    align: Literal["left", "center"] = "left"
    bold: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.width <= 4 and 1 <= self.height <= 4):
            raise ValueError("a line is 1 to 4 times as wide and as high as a plain one")
        if self.align not in ("left", "center"):
            raise ValueError("a line stands left or center")


@dataclass(frozen=True)
class Qr:
    """A centred QR code, error correction M; `size` is the edge of a module in dots, smaller if the paper asks so."""

    data: str
    size: int = 6

    def __post_init__(self) -> None:
        if not 1 <= len(self.data.encode("utf-8")) <= QR_BYTES_MAX:
            raise ValueError(f"a QR code on a slip holds 1 to {QR_BYTES_MAX} bytes")
        if any(ord(char) < 0x20 or ord(char) == 0x7F for char in self.data):
            raise ValueError("control characters in QR data could reach the printer as commands")
        if not 3 <= self.size <= 16:
            raise ValueError("a QR module is 3 to 16 dots")


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Feed:
    """Empty lines."""

    lines: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.lines <= 20:
            raise ValueError("a feed is 1 to 20 lines")


Element = Line | Qr | Rule | Feed
Slip = tuple[Element, ...]
"""A whole slip; the cut at its end belongs to the printer, so there is always exactly one."""


class Place(StrEnum):
    """Where a printed slip is. Most printers cannot say; those with a presenter can."""

    unknown = "unknown"
    in_mouth = "in_mouth"
    taken = "taken"
    retracted = "retracted"


class ReceiptPrinter(Protocol):
    """A printer of slips. `open` and `close` may be repeated; every call ends within the driver's deadlines."""

    def open(self) -> None:
        """Take the link; raises DeviceTrouble where there is none."""

    def print(self, job: str, slip: Slip) -> PrintResult:
        """Print one slip and wait for the printer's word on it; a job once printed is not printed again.

        Raises DeviceTrouble for a slip of more than LINES_MAX lines.
        """

    def health(self) -> Health:
        """Ask the printer now."""

    def place(self) -> Place:
        """Where the last printed slip is now; one that lay in the mouth for longer than is set is drawn back first.

        What has once been told as taken or drawn back stays so until the next slip.
        """

    def close(self) -> None:
        """Give the link back."""
