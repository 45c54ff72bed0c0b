"""Writes status.json for the agent: what the terminal process knows of itself, replaced whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from drivers.health import Health
from kiosk.doors import Door, Err, Ok, Result
from offline.status import read_status, write_status
from offline.wire.heartbeat import DeviceReport, TerminalStatus

UNCLEAN_SHOWN: Final = timedelta(days=1)
PRIVACY: Final = "privacy"
"""Stands among the devices, so that an operator sees it where all that is ill stands."""


class StatusWriter:
    """Remembers when things last happened; `write` hands the file to the storage door."""

    def __init__(
        self,
        state_dir: Path,
        door: Door,
        healths: Callable[[], Mapping[str, Health]],
        *,
        now: Callable[[], datetime],
        ill: Callable[[str, Exception], None] = lambda _what, _error: None,
    ) -> None:
        self._state_dir = state_dir
        self._door = door
        self._healths = healths
        self._now = now
        self._ill = ill
        self._frame: datetime | None = None
        self._touch: datetime | None = None
        self._card: datetime | None = None
        self._print: datetime | None = None
        self.written = True
        """Whether the disk took the last one."""
        self._started = now()
        before = read_status(state_dir, self._started)  # the process is replaced; what it has counted goes on
        self._clean, self._unclean, self._unclean_at = before.sessions_clean, before.sessions_unclean, before.unclean_at

    def searched(self, *, clean: bool) -> None:
        """A visit is over and was searched for."""
        if clean:
            self._clean += 1
        else:
            self._unclean += 1
            self._unclean_at = self._now()

    def painted(self) -> None:
        """A frame was painted."""
        self._frame = self._now()

    def touched(self) -> None:
        """A finger touched the screen."""
        self._touch = self._now()

    def card(self) -> None:
        """A card was read."""
        self._card = self._now()

    def printed(self) -> None:
        """The printer said that a slip is out."""
        self._print = self._now()

    def status(self) -> TerminalStatus:
        """The terminal in its own words, now."""
        return TerminalStatus(
            screen="alive",
            at=self._now(),
            last_frame=self._frame,
            last_touch=self._touch,
            last_card=self._card,
            last_print=self._print,
            started=self._started,
            sessions_clean=self._clean,
            sessions_unclean=self._unclean,
            unclean_at=self._unclean_at,
            devices={role: _report(health) for role, health in self._healths().items()} | self._own_fault(),
        )

    def _own_fault(self) -> dict[str, DeviceReport]:
        since = self._unclean_at
        if since is None or self._now() - since > UNCLEAN_SHOWN:
            return {}
        return {PRIVACY: DeviceReport(state="limited", cause="us", code="privacy.traces_left", since=since)}

    def write(self) -> None:
        """Replaces the file, in the storage door."""
        status = self.status()

        def done(result: Result[None]) -> None:
            self.written = isinstance(result, Ok)
            if isinstance(result, Err):
                self._ill("status", result.error)

        self._door.ask(lambda: write_status(self._state_dir, status), done)


def _report(health: Health) -> DeviceReport:
    return DeviceReport(
        state=health.state.value,
        cause=health.cause.value if health.cause is not None else None,
        code=health.code,
        since=health.since,
    )
