"""Looks for a code before the scanner every so often, behind its own door, and tells what was held there as acts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from drivers.code_scanner.port import Scanned
from drivers.health import Health, State
from kiosk.doors import Err, Ok, Result
from kiosk.journey.acts import Act, CodeScanned, CodeUnreadable
from kiosk.services.roles import Slot
from offline.wire.slip_qr import read_slip
from offline.wire.trouble import WrongClaimCode

SEARCH_AGAIN_S: Final = 3.0
"""A scanner that searches when it is told to gives up by itself after some seconds."""
AWAY_S: Final = 5.0
"""So long a slip must not be seen before it counts as held there anew: one left lying is seen again and again."""
_REST_S: Final = 2.0


class CodeWatch:
    """One look at a time; nothing that was scanned in one visit is told in the next.

    Codes are taken off the scanner all the time, also where the screen wants none: what nobody asked for must not wait
    in a line for whoever comes next.
    """

    def __init__(
        self,
        slot: Slot,
        tell: Callable[[Act], None],
        *,
        poll_s: float,
        deadline_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._slot = slot
        self._tell = tell
        self._poll_s = poll_s
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._next_at = 0.0
        self._looking = False
        self._wanted = True  # the first screen takes a code
        self._searching = False
        self._search_at = 0.0
        self._visit = 0
        self._stale = True  # what came before this visit is still to be thrown away
        self._key = secrets.token_bytes(32)
        self._mark = b""  # tells codes apart without keeping anybody's
        self._mark_until = 0.0

    def want(self, wanted: bool) -> None:
        """Whether the screen takes a code: only then is a scanner that can be told so made to search."""
        self._wanted = wanted

    def over(self) -> None:
        """The visit is over: what was scanned in it, told or not, is thrown away."""
        self._visit += 1
        self._stale = True
        self._mark_until = self._monotonic() + AWAY_S

    def pause(self, seconds: float) -> None:
        """Leaves the scanner alone for a while: it is away."""
        self._next_at = self._monotonic() + seconds

    def tick(self) -> None:
        """Looks, when it is time and nothing is being asked of the scanner."""
        now = self._monotonic()
        if now >= self._mark_until and self._wanted:
            self._mark = b""
        if self._looking or now < self._next_at:
            return
        self._looking = True
        search = None
        if self._wanted != self._searching or (self._wanted and now >= self._search_at):
            search = self._wanted
            self._searching, self._search_at = search, now + SEARCH_AGAIN_S
        look = partial(_looked_at, stale=self._stale, search=search)
        self._stale = False
        self._slot.use(look, partial(self._looked, self._visit), deadline_s=self._deadline_s)

    def _looked(self, visit: int, result: Result[Scanned | Health | None]) -> None:
        self._looking = False
        self._next_at = self._monotonic() + self._poll_s
        match result:
            case Err():
                self._next_at = self._monotonic() + max(self._poll_s, _REST_S)
                self._stale, self._searching = True, False
            case Ok(Scanned(text)):
                self._search_at = 0.0  # it has found something and searches no more
                self._seen(text, visit)
            case Ok(Health() as health):
                self._slot.know(health)
                if health.state in (State.ready, State.limited) and visit == self._visit:
                    self._search_at = 0.0
                    self._tell(CodeUnreadable())
            case Ok():
                pass

    def _seen(self, text: str, visit: int) -> None:
        mark = hashlib.blake2b(text.encode(), key=self._key).digest()
        lies_there = mark == self._mark
        tell = not lies_there and self._wanted and visit == self._visit
        if lies_there or tell:
            self._mark, self._mark_until = mark, self._monotonic() + AWAY_S
        if tell:
            self._tell(_scanned(text))


def _scanned(untrusted_text: str) -> CodeScanned:
    """Code and seal of one of our slips; no code for every other QR and for one whose digits cannot be right."""
    try:
        slip = read_slip(untrusted_text)
    except WrongClaimCode:
        slip = None
    return CodeScanned("") if slip is None else CodeScanned(slip.code, slip.seal)


def _looked_at(scanner: Any, *, stale: bool, search: bool | None) -> Scanned | Health | None:
    if stale:
        scanner.forget()
    if search is not None:
        scanner.trigger(search)
    found: Scanned | Health | None = scanner.scan(0.0)
    return found
