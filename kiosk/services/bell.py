"""Rings the hub's bell and asks how it stands. Nothing is kept: a bell that does not go out now never goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from kiosk.doors import Door, Err, Ok, Result
from kiosk.journey.bell import BellSeen, Ring
from offline.sync.trouble import HubRefused
from offline.wire.bell import BellReply, BellRing, BellView


class Hub(Protocol):
    """What is wanted of the line to the hub."""

    def ring(self, ring: BellRing) -> BellReply:
        """Calls for a person."""

    def bell(self) -> BellReply:
        """How the last call stands."""


class BellService:
    """One terminal's bell. While it rings, and where a call may have gone out unheard, the hub is asked now and then.

    At the start it is asked too: the process is replaced between visits, and the bell goes on ringing.
    """

    def __init__(
        self,
        hub: Hub,
        door: Door,
        *,
        deadline_s: float,
        poll_s: float,
        doubt_s: float,
        forget_s: float,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        ill: Callable[[str, Exception], None],
    ) -> None:
        self._hub = hub
        self._door = door
        self._deadline_s = deadline_s
        self._poll_s = poll_s
        self._doubt_s = doubt_s
        self._forget_s = forget_s
        self._now = now
        self._monotonic = monotonic
        self._ill = ill
        self._seen = BellSeen()
        self._asking = False
        self._heard_at = monotonic()
        self._next_look = monotonic()
        self._doubtful_until = monotonic() + doubt_s

    @property
    def seen(self) -> BellSeen:
        """How the bell stands now."""
        return self._seen

    def ring(self, screen: str) -> None:
        """Calls for a person, unless one is being called."""
        if self._seen.open:
            return
        ring = BellRing(id=uuid4().hex, screen=screen)
        self._seen = BellSeen(Ring.CALLING, self._now())
        self._asking = True
        self._door.ask(lambda: self._hub.ring(ring), self._rung, deadline_s=self._deadline_s)

    def tick(self) -> None:
        """Asks how it stands, when it is time."""
        at = self._monotonic()
        ringing = self._seen.ring in (Ring.WAITING, Ring.COMING)
        if ringing and at - self._heard_at >= self._forget_s:
            self._seen, ringing = BellSeen(), False  # what became of it is long past
        if self._asking or at < self._next_look or not (ringing or at < self._doubtful_until):
            return
        self._asking, self._next_look = True, at + self._poll_s
        self._door.ask(self._hub.bell, self._told, deadline_s=self._deadline_s)

    def _rung(self, result: Result[BellReply]) -> None:
        self._asking, self._next_look = False, self._monotonic() + self._poll_s
        match result:
            case Ok(BellReply(bell=BellView() as view)):
                self._hear(view)
            case Err(HubRefused() as refusal) if refusal.says("bell_often"):
                self._seen = replace(self._seen, ring=Ring.OFTEN)
            case Err(error):
                self._ill("bell", error)
                self._fail()
            case _:
                self._fail()

    def _fail(self) -> None:
        """It may have arrived although no answer did: for a while the hub is asked."""
        self._seen = replace(self._seen, ring=Ring.FAILED)
        self._doubtful_until = self._monotonic() + self._doubt_s

    def _told(self, result: Result[BellReply]) -> None:
        self._asking = False
        match result:
            case Ok(BellReply(bell=None)):
                self._doubtful_until = self._monotonic()
                if self._seen.open:
                    self._seen = BellSeen()
            case Ok(BellReply(bell=BellView() as view)):
                if view.state in ("waiting", "coming") or self._seen.open:
                    self._hear(view)
                self._doubtful_until = self._monotonic()
            case _ if self._seen.open:  # shown as it was last heard, with the word that nobody can see further now
                self._seen = replace(self._seen, heard=False)

    def _hear(self, view: BellView) -> None:
        self._heard_at = self._monotonic()
        self._seen = BellSeen(
            Ring(view.state), view.rung_at, above=view.called == "above", from_above=view.answered_from == "above"
        )
