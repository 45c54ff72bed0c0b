"""The network cable of the demo: a TCP relay between terminal and hub that can be pulled and put back.

Pulled, it refuses new connections and cuts the running ones, as a dead link does; nothing in the terminal knows of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

CHUNK: Final = 65536
DEADLINE_S: Final = 10.0


@dataclass(slots=True)
class Traffic:
    """What went through: bytes towards the hub and back, and when the first came (monotonic seconds)."""

    up_bytes: int = 0
    down_bytes: int = 0
    began_at: float | None = None

    def up(self, size: int) -> None:
        """Something from the terminal."""
        self.up_bytes += size
        if self.began_at is None:
            self.began_at = time.monotonic()

    def down(self, size: int) -> None:
        """Something from the hub."""
        self.down_bytes += size


class Cable:
    """Listens on `port` of the loopback and relays to `hub_port` while it is plugged in."""

    def __init__(self, port: int, hub_port: int) -> None:
        self.port = port
        self.traffic = Traffic()
        self._hub_port = hub_port
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._streams: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cable", daemon=True)
        self._thread.start()

    @property
    def plugged(self) -> bool:
        """Whether the terminal can reach the hub."""
        return self._server is not None

    def plug(self) -> None:
        """Puts the cable in."""
        self._wait(asyncio.run_coroutine_threadsafe(self._plug(), self._loop))

    def pull(self) -> None:
        """Pulls the cable: running connections are cut, new ones refused."""
        self._wait(asyncio.run_coroutine_threadsafe(self._pull(), self._loop))

    def close(self) -> None:
        """Pulls the cable for good."""
        self.pull()
        self._wait(asyncio.run_coroutine_threadsafe(self._ended(), self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()

    @staticmethod
    def _wait(done: Future[None]) -> None:
        done.result(DEADLINE_S)

    async def _plug(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)

    async def _pull(self) -> None:
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for stream in list(self._streams):
            stream.transport.abort()

    async def _ended(self) -> None:
        """When every connection that was cut is put away; a loop that stops before leaves tasks in mid-air."""
        if relays := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(relays)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self._hub_port)
        except OSError:
            writer.transport.abort()
            return
        if self._server is None:  # pulled while the hub was being reached
            writer.transport.abort()
            hub_writer.transport.abort()
            return
        self._streams |= {writer, hub_writer}
        try:
            await asyncio.gather(
                _pump(reader, hub_writer, self.traffic.up), _pump(hub_reader, writer, self.traffic.down)
            )
        finally:
            self._streams -= {writer, hub_writer}
            for stream in (writer, hub_writer):
                stream.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, carried: Callable[[int], None]) -> None:
    # A cut connection is what this cable is for; it ends the relay and is nobody's error. One that is gone already when
    # its end is to be told is no ConnectionError, only "not connected" (ENOTCONN).
    with contextlib.suppress(OSError):
        while chunk := await source.read(CHUNK):
            carried(len(chunk))
            sink.write(chunk)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
