"""A line that breaks on purpose: a relay of HTTP/1.1 between agent and hub that spoils one exchange after the other.

Nothing of the agent or the hub knows of it. What is spoilt, and where, follows from a seed; the moments are the
machine's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

DEADLINE_S: Final = 20.0
AWAY_S: Final = 0.1  # how long nobody listens after a refusal
DRIPS: Final = 40
DRIP_S: Final = 0.002
MOST_BYTES: Final = 4 * 1024 * 1024


class Fault(StrEnum):
    """What happens to one request and its reply."""

    NONE = "none"
    REFUSED = "refused"  # nobody listens, for a while
    CUT_REQUEST = "cut_request"  # the hub gets the first bytes only
    CUT_REPLY = "cut_reply"  # the agent gets the first bytes only
    AFTER_COMMIT = "after_commit"  # the hub has answered; not a byte of it arrives
    STALLED = "stalled"  # nothing moves until the agent gives up
    STALLED_REPLY = "stalled_reply"  # the hub has answered; nothing moves until the agent gives up
    DRIPPED = "dripped"  # everything arrives, a few bytes at a time
    DOUBLED = "doubled"  # the hub gets it twice
    LATE = "late"  # the agent is cut off, and the hub gets it after a later one


COMMITS_UNHEARD: Final = (Fault.AFTER_COMMIT, Fault.CUT_REPLY, Fault.STALLED_REPLY)
EACH: Final = {
    Fault.REFUSED: 2,
    Fault.CUT_REQUEST: 3,
    Fault.CUT_REPLY: 3,
    Fault.AFTER_COMMIT: 4,
    Fault.STALLED: 1,
    Fault.STALLED_REPLY: 1,
    Fault.DRIPPED: 2,
    Fault.DOUBLED: 2,
    Fault.LATE: 2,
}
"""How often each happens to a batch of events."""
ELSEWHERE: Final = (Fault.NONE, Fault.NONE, Fault.NONE, Fault.CUT_REQUEST, Fault.CUT_REPLY, Fault.AFTER_COMMIT)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is to happen to one request; `at` says after which byte, counted round the length of what is cut."""

    fault: Fault
    at: int


class Plan:
    """Every fault for batches of events, in the order of a seed; other requests fare badly as long as these do."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        faults = [fault for fault, times in EACH.items() for _ in range(times)]
        chance.shuffle(faults)
        self._events = [Exchange(fault, chance.getrandbits(16)) for fault in faults]

    @property
    def left(self) -> int:
        """How many batches are still to be spoilt."""
        return len(self._events)

    def next(self, path: str) -> Exchange:
        """What happens to a request."""
        if not self._events:
            return Exchange(Fault.NONE, 0)
        if path.endswith("/events"):
            return self._events.pop()
        return Exchange(self._chance.choice(ELSEWHERE), self._chance.getrandbits(16))


@dataclass(frozen=True, slots=True)
class _Message:
    head: bytes
    body: bytes

    @property
    def data(self) -> bytes:
        return self.head + self.body

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode("ascii")


class ChaosLine:
    """Listens on a port of its own and relays to the hub's, as the plan says."""

    def __init__(self, hub_port: int, plan: Plan) -> None:
        self.plan = plan
        self.happened: Counter[Fault] = Counter()  # to batches of events
        self.port = 0
        self._hub_port = hub_port
        self.late: list[bytes] = []  # requests that the hub is still to get
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos", daemon=True)
        self._thread.start()
        self._wait(self._listen())

    def close(self) -> None:
        """Ends everything."""
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()

    def _wait(self, work: Awaitable[None]) -> None:
        async def whole() -> None:
            await work

        asyncio.run_coroutine_threadsafe(whole(), self._loop).result(DEADLINE_S)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=MOST_BYTES)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            # A connection that ends in the middle is what this line is for.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                hub = await asyncio.open_connection("127.0.0.1", self._hub_port, limit=MOST_BYTES)
                with _cut_at_the_end(writer), _cut_at_the_end(hub[1]):
                    while await self._exchange(reader, writer, *hub):
                        pass
        finally:
            self._tasks.discard(task)

    async def _exchange(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hub_reader: asyncio.StreamReader,
        hub_writer: asyncio.StreamWriter,
    ) -> bool:
        """One request and its reply; false when the connection is to be cut."""
        request = await _message(reader)
        wanted = self.plan.next(request.path)

        async def answer() -> bytes:
            hub_writer.write(request.data)
            await hub_writer.drain()
            reply = (await _message(hub_reader)).data
            await self._deliver_late(hub_reader, hub_writer)
            return reply

        if request.path.endswith("/events"):
            self.happened[wanted.fault] += 1
        match wanted.fault:
            case Fault.NONE:
                writer.write(await answer())
                await writer.drain()
                return True
            case Fault.DOUBLED:
                reply = await answer()
                await answer()
                writer.write(reply)
                await writer.drain()
                return True
            case Fault.DRIPPED:
                await _drip(hub_writer, request.data)
                await _drip(writer, (await _message(hub_reader)).data)
                return True
            case Fault.REFUSED:
                self._go_away()
            case Fault.CUT_REQUEST:
                await _first(hub_writer, request.data, wanted.at)
            case Fault.CUT_REPLY:
                await _first(writer, await answer(), wanted.at)
            case Fault.AFTER_COMMIT:
                await answer()
            case Fault.STALLED:
                await reader.read()
            case Fault.STALLED_REPLY:
                await answer()
                await reader.read()
            case Fault.LATE:
                self.late.append(request.data)
        return False

    async def _deliver_late(self, hub_reader: asyncio.StreamReader, hub_writer: asyncio.StreamWriter) -> None:
        while self.late:
            hub_writer.write(self.late.pop())
            await hub_writer.drain()
            await _message(hub_reader)  # whatever the hub says to it, nobody waits for it any more

    def _go_away(self) -> None:
        """Nobody listens for a while."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._loop.call_later(AWAY_S, lambda: self._tasks.add(self._loop.create_task(self._listen())))


@contextlib.contextmanager
def _cut_at_the_end(writer: asyncio.StreamWriter) -> Iterator[None]:
    try:
        yield
    finally:
        writer.close()  # what was written still leaves; then the other end sees the end


async def _message(reader: asyncio.StreamReader) -> _Message:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
    assert b"transfer-encoding" not in fields, "neither end sends chunks"
    return _Message(head, await reader.readexactly(int(fields.get(b"content-length", b"0"))))


async def _first(writer: asyncio.StreamWriter, data: bytes, at: int) -> None:
    """The first bytes of something, never all of it."""
    writer.write(data[: at % len(data)])
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    size = max(1, len(data) // DRIPS)
    for start in range(0, len(data), size):
        writer.write(data[start : start + size])
        await writer.drain()
        await asyncio.sleep(DRIP_S)
