"""A code scanner that is played: it speaks no bytes and shares no code with the driver."""

from __future__ import annotations

from collections import deque

from drivers.code_scanner.diagnosis import SCANNER
from drivers.code_scanner.port import Scanned
from drivers.health import Health
from tests.kiosk.journey.people import NOW


class PlayedScanner:
    """Codes wait in its line until they are taken or forgotten; `lying` is seen again at every search."""

    def __init__(self) -> None:
        self.line: deque[str | Health] = deque()
        self.lying = ""
        self.searches: list[bool] = []
        self.gone = False

    def open(self) -> None:
        if self.gone:
            raise OSError("gone")

    def scan(self, timeout_s: float) -> Scanned | Health | None:
        assert timeout_s == 0.0, "the door is not to be held"
        if self.gone:
            raise OSError("gone")
        said = self.line.popleft() if self.line else self.lying
        return said if isinstance(said, Health) else Scanned(said, said.encode()) if said else None

    def trigger(self, on: bool) -> Health:
        self.searches.append(on)
        return self.health()

    def forget(self) -> None:
        self.line.clear()

    def health(self) -> Health:
        return SCANNER.health("ready", NOW)

    def close(self) -> None:
        pass
