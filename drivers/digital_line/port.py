"""What the terminal wants of a contact or sensor: whether it is active, and whether that can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.health import Health


@dataclass(frozen=True)
class Active:
    """The contact says that it is so: the door is open, somebody stands there."""


@dataclass(frozen=True)
class Inactive:
    """The contact says that it is not so."""


@dataclass(frozen=True)
class LineUnknown:
    """Nobody can say; never to be taken for Inactive. `health` says why."""

    health: Health


LineState = Active | Inactive | LineUnknown


class DigitalLine(Protocol):
    """One line. Every call ends within the driver's deadlines; a call out of order raises WrongState."""

    def open(self) -> None:
        """Take the line; raises LinkRefused, which says what to do."""

    def read(self) -> LineState:
        """Look now; a contact that bounces is waited for until it has settled."""

    def health(self) -> Health:
        """Look now, and say how far the line can be believed."""

    def close(self) -> None:
        """Give the line back; harmless when repeated."""
