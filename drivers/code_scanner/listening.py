"""What the drivers of scanners share: open, listen until a code is whole, tell what came, find a lost link again."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from drivers.code_scanner.code import Finder, Item
from drivers.code_scanner.diagnosis import ABSENT, READY, SCANNER, UNTRIED
from drivers.code_scanner.port import Scanned
from drivers.diagnosis import Chart, utc_now
from drivers.health import Health
from drivers.link import Link, LinkLost, LinkRefused
from drivers.trouble import WrongState

WAITING_MAX: Final = 8
"""Codes of one burst that are kept; the oldest goes first."""
READ_LIMIT: Final = 4096
_DRAIN_READS_MAX: Final = 64
"""A line that never falls quiet is noise; draining it ends after so many reads."""


class Listening:
    """A CodeScanner that only listens. Not for several threads at once: it belongs behind one door."""

    def __init__(
        self,
        link: str,
        *,
        connect: Callable[[str], Link],
        finder: Callable[[], Finder],
        gap_s: float,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`finder` makes one for each opened link; `gap_s` is the stillness that ends a code."""
        self.monotonic = monotonic
        self.chart = Chart(SCANNER, now, UNTRIED)
        self._url = link
        self._connect = connect
        self._make_finder = finder
        self._finder = finder()
        self._gap_s = gap_s
        self._heard_at = 0.0
        self._waiting: deque[Item] = deque(maxlen=WAITING_MAX)
        self._is_open = False
        self._link: Link | None = None

    def open(self) -> None:
        """See CodeScanner.open."""
        if not self._is_open:
            self.linked()
            self._is_open = True
            self.forget()

    def scan(self, timeout_s: float) -> Scanned | Health | None:
        """See CodeScanner.scan. A scanner that was unplugged is looked for again."""
        self.must_be_open("scan")
        deadline = self.monotonic() + timeout_s
        while True:
            if self._waiting:
                return self._told(self._waiting.popleft())
            left_s = max(0.0, deadline - self.monotonic())
            try:
                self._listen(min(left_s, self._gap_s) if self._finder.begun else left_s)
            except (LinkLost, LinkRefused) as trouble:
                return self.lost(trouble)
            if not self._waiting and self.monotonic() >= deadline:
                return None

    def trigger(self, on: bool) -> Health:
        """See CodeScanner.trigger; a scanner that only listens decides that by itself."""
        self.must_be_open("trigger")
        return self.health()

    def forget(self) -> None:
        """See CodeScanner.forget."""
        self.must_be_open("forget")
        try:
            link = self.linked()
            for _ in range(_DRAIN_READS_MAX):
                if not link.read(READ_LIMIT, 0.0):
                    break
        except (LinkLost, LinkRefused) as trouble:
            self.lost(trouble)
        self._finder = self._make_finder()
        self._waiting.clear()

    def health(self) -> Health:
        """See CodeScanner.health. Only whether the link is there can be asked; the rest is what was last seen."""
        self.must_be_open("health")
        try:
            self.linked()
            self._listen(0.0)
        except (LinkLost, LinkRefused) as trouble:
            return self.lost(trouble)
        return self.chart.health

    def close(self) -> None:
        """See CodeScanner.close."""
        self._is_open = False
        self._drop_link()

    def linked(self) -> Link:
        """The open link, opened anew where it was lost; raises LinkRefused."""
        if self._link is None:
            self._link = self._connect(self._url)
            self._finder = self._make_finder()
            if self.chart.health.code == f"{SCANNER.kind}.{ABSENT}":
                self.chart.know(UNTRIED)
            self.greet(self._link)
        return self._link

    def greet(self, link: Link) -> None:  # a driver whose scanner listens too says here what it wants of it
        """Called with every link that was opened, before anything is read from it."""

    def lost(self, trouble: LinkLost | LinkRefused) -> Health:
        """What to tell of a link that is gone; half a code that came over it is forgotten."""
        self._drop_link()
        self._finder = self._make_finder()
        return self.chart.know("grabbed" if trouble.code == "link.busy" else ABSENT)

    def keep(self, untrusted_data: bytes) -> None:
        """Take in what the line has brought."""
        self._heard_at = self.monotonic()
        self._waiting.extend(self._finder.feed(untrusted_data))

    def must_be_open(self, call: str) -> None:
        """Raises WrongState for a call on a closed scanner."""
        if not self._is_open:
            raise WrongState(call, "closed")

    def _listen(self, wait_s: float) -> None:
        """Take in what comes within the wait; a line that was still for long enough ends what has begun."""
        data = self.linked().read(READ_LIMIT, wait_s)
        if data:
            self.keep(data)
        elif self._finder.begun and self.monotonic() - self._heard_at >= self._gap_s:
            self._waiting.extend(self._finder.idle())

    def _told(self, item: Item) -> Scanned | Health:
        if isinstance(item, Scanned):
            self.chart.know(READY)
            return item
        return self.chart.know(item.fault)

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()
