"""The idle process is replaced after visits: what nobody can search for is gone with the memory it stood in."""

from __future__ import annotations

from collections.abc import Callable


class Renewal:
    """Decides when; `replace` is called once.

    `untouched`: the first screen stands and no card is known to lie on the reader. `settled`: nothing is asked of
    any device or file, so nothing is broken off.
    """

    def __init__(
        self,
        idle_s: float,
        *,
        untouched: Callable[[], bool],
        settled: Callable[[], bool],
        replace: Callable[[], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._idle_s = idle_s
        self._untouched = untouched
        self._settled = settled
        self._replace = replace
        self._monotonic = monotonic
        self._still_since: float | None = None
        self._wait_s: float | None = None

    def after_visit(self, *, clean: bool) -> None:
        """A visit is over; after one that left something, the process is replaced as soon as nobody is there."""
        if not clean:
            self._wait_s = 0.0
        elif self._idle_s and self._wait_s is None:
            self._wait_s = self._idle_s

    def tick(self) -> None:
        """Replaces the process when it is time."""
        if not self._untouched():
            self._still_since = None
            return
        if self._still_since is None:
            self._still_since = self._monotonic()
        if self._wait_s is None or self._monotonic() - self._still_since < self._wait_s or not self._settled():
            return
        self._wait_s = None
        self._replace()
