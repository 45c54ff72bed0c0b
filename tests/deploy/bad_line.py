"""The way from an agent to a hub in the same process: loses, doubles and holds back what passes, as it is told."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from random import Random
from typing import Final

import httpx
from starlette.types import ASGIApp

MOST_HELD: Final = 8
ANSWERED: Final = 0.6


class Mishap(StrEnum):
    """What happens to a request and its reply."""

    NONE = "none"
    LOST = "lost"  # the hub gets nothing
    UNHEARD = "unheard"  # the hub has done it; the reply is lost
    DOUBLED = "doubled"  # the hub gets it twice
    HELD = "held"  # the sender gives up; the hub gets it later, or after others
    FORGETFUL = "forgetful"  # answers to some events are missing, the others stand in another order
    BUSY = "busy"  # the hub keeps nothing: it tells some events to come again, and says nothing of others
    HUB_DIES = "hub_dies"  # the hub's process ends in the middle of its work


class HubDied(Exception):
    """What the clock of a dying hub raises, wherever it is looked at next."""


@dataclass
class MortalClock:
    """A hub's clock that only moves when told; with a fuse, the hub dies when it looks at it so many times more."""

    at: datetime
    fuse: int | None = None

    def __call__(self) -> datetime:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                raise HubDied
        return self.at


@dataclass
class BadLine(httpx.BaseTransport):
    """Give it to an `httpx.Client`; `mishap` happens to the next request, and to no other."""

    clock: MortalClock
    app: ASGIApp
    mishap: Mishap = Mishap.NONE
    chance: Random = field(default_factory=lambda: Random(0))
    held: list[httpx.Request] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        mishap, self.mishap = self.mishap, Mishap.NONE
        request.read()
        match mishap:
            case Mishap.LOST:
                raise httpx.ConnectError("nobody there")
            case Mishap.HELD:
                self.held = [*self.held, request][-MOST_HELD:]
                raise httpx.ReadTimeout("no answer")
            case Mishap.UNHEARD:
                self.deliver(request)
                raise httpx.ReadError("cut after the hub had answered")
            case Mishap.BUSY:
                return self._not_now(request)
            case Mishap.DOUBLED:
                self.deliver(request)
            case Mishap.HUB_DIES:
                self.clock.fuse = self.chance.randrange(6)
                try:
                    reply = self.deliver(request)
                finally:
                    self.clock.fuse = None
                if reply.status_code >= 500:
                    raise httpx.ReadError("the hub died")
                return reply
            case _:
                pass
        reply = self.deliver(request)
        return self._forgotten(reply) if mishap is Mishap.FORGETFUL else reply

    def deliver_held(self) -> None:
        """What was held back arrives, in any order; nobody waits for the replies."""
        held, self.held = self.held, []
        self.chance.shuffle(held)
        for request in held:
            self.deliver(request)

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """The hub's own answer, with its own time."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)

        async def answer() -> httpx.Response:
            reply = await transport.handle_async_request(copy)
            content = await reply.aread()
            return httpx.Response(reply.status_code, headers={**reply.headers, **self._date()}, content=content)

        return self._loop.run_until_complete(answer())

    def close(self) -> None:
        """Ends the loop with its threads."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _forgotten(self, reply: httpx.Response) -> httpx.Response:
        said = json.loads(reply.content)
        return self._some(said["results"]) if "results" in said else reply

    def _not_now(self, request: httpx.Request) -> httpx.Response:
        """What a hub says whose database could not take a batch, cut short."""
        if not request.url.path.endswith("/events"):
            return httpx.Response(503, json={"status": 503, "retryable": True})
        events = json.loads(read_body(request))["events"]
        return self._some([{"id": event["id"], "status": "retry", "reason": "busy"} for event in events])

    def _some(self, results: list[object]) -> httpx.Response:
        kept = [one for one in results if self.chance.random() < ANSWERED]
        self.chance.shuffle(kept)
        return httpx.Response(200, headers=self._date(), json={"results": kept, "head": None})

    def _date(self) -> dict[str, str]:
        return {"Date": format_datetime(self.clock.at, usegmt=True)}


def read_body(request: httpx.Request) -> bytes:
    """A request's body as it was before it was packed."""
    body = request.content
    return gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body
