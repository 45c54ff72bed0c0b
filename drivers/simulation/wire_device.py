"""A simulated device that talks bytes over a pseudo-terminal or a TCP port."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections import deque
from typing import Final

from drivers.simulation.device import SimulatedDevice
from drivers.simulation.wire_end import WireEnd, make_wire_end

_TICK_S: Final = 0.02
"""How soon the wire's thread notices that it should end or that a delayed answer is due."""
_DELAYED_MAX: Final = 4096


class WireDevice(SimulatedDevice):
    """A SimulatedDevice whose thread hands in what arrives; `say` sends, later and worse where that is wished.

    The quality of a wire is the share of answers that arrive as they were sent; in each other one byte is wrong.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self._end: WireEnd | None = None
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._delayed: deque[tuple[float, bytes]] = deque(maxlen=_DELAYED_MAX)

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        return self._wire().link

    def start(self, link: str) -> None:
        """See SimulatedDevice.start."""
        self._end = self.make_end(link)
        self._thread = threading.Thread(target=self._listen, name=f"simulated {self.kind}", daemon=True)
        self._thread.start()

    def attach(self, end: WireEnd) -> None:
        """Sit at this end without a thread of its own: whoever owns the wire calls `hear` with what arrives."""
        self._end = end

    def stop(self) -> None:
        """See SimulatedDevice.stop."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._end is not None:
            self._end.close()
            self._end = None

    def pull(self) -> None:
        """See SimulatedDevice.pull."""
        self._delayed.clear()
        self._wire().pull()

    def plug(self) -> None:
        """See SimulatedDevice.plug."""
        self._wire().plug()

    def make_end(self, link: str) -> WireEnd:
        """The far end of this link; a kind that knows others besides `pty` and `tcp:PORT` makes them here."""
        return make_wire_end(link, self.kind)

    @property
    def baud(self) -> int | None:
        """The rate the driver has set on its side; None where the wire has none."""
        return None if self._end is None else self._end.baud

    @abstractmethod
    def hear(self, data: bytes) -> None:
        """Bytes arrived from the driver, in whatever pieces; called with the lock held."""

    def say(self, data: bytes) -> None:
        """Send bytes to the driver, as late and as well as `delay_s` and `quality` say."""
        self.say_later(data, 0.0)

    def say_later(self, data: bytes, after_s: float) -> None:
        """The same, `after_s` later still; what is said after it waits its turn."""
        with self.lock:
            worn = self._worn(data)
            late_s = self.delay_s + after_s
            if late_s or self._delayed:
                self._delayed.append((time.monotonic() + late_s, worn))
            else:
                self._wire().write(worn)

    def _worn(self, data: bytes) -> bytes:
        if not data or self.quality >= 1.0 or self.chance.random() < self.quality:
            return data
        at = self.chance.randrange(len(data))
        return data[:at] + bytes([data[at] ^ self.chance.randrange(1, 256)]) + data[at + 1 :]

    def _wire(self) -> WireEnd:
        if self._end is None:
            raise RuntimeError(f"the simulated {self.kind} has not been started")
        return self._end

    def _listen(self) -> None:
        while not self._ending.is_set():
            # Waiting happens outside the lock; the wire may be pulled meanwhile, which only shows as nothing read.
            arrived = self._wire().wait(_TICK_S)
            with self.lock:
                self._send_what_is_due()
                data = self._wire().read() if arrived else b""
                if data:
                    self.hear(data)

    def _send_what_is_due(self) -> None:
        while self._delayed and self._delayed[0][0] <= time.monotonic():
            self._wire().write(self._delayed.popleft()[1])
