"""The contact at the cabinet's door as a device of its own: an open door is how it is, not only what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from drivers.digital_line.port import Active, DigitalLine, Inactive, LineUnknown
from drivers.health import Cause, Health, State

OPEN: Final = "door.open"


class DoorSensor:
    """A line whose health says that the door stands open; the technician and the operator see it as any device's."""

    def __init__(self, line: DigitalLine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._line = line
        self._now = now

    def open(self) -> None:
        """Takes the line; raises LinkRefused."""
        self._line.open()

    def health(self) -> Health:
        """Open, or how far the line can be believed."""
        match self._line.read():
            case Active():
                return Health(State.limited, Cause.person, OPEN, f"{OPEN}.resident", f"{OPEN}.technician", self._now())
            case LineUnknown(health):
                return health
            case Inactive():
                return self._line.health()

    def close(self) -> None:
        """Gives the line back."""
        self._line.close()
