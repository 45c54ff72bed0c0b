"""A wire in memory and a clock that only moves when somebody waits: hours of waiting for devices pass in no time."""

from __future__ import annotations

from collections.abc import Callable

from drivers.link import Link, LinkLost, LinkRefused
from drivers.simulation import WireDevice


class Clock:
    """Seconds that pass when they are waited for."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class MemoryWire:
    """Both ends of one wire: a WireEnd for the simulator, links for the driver. `moment` is called as bytes move
    (False) and while an answer is waited for (True)."""

    def __init__(self, device: WireDevice, clock: Clock, moment: Callable[[bool], None]) -> None:
        self.device = device
        self.clock = clock
        self.moment = moment
        self.plugged = True
        self.coming = bytearray()
        device.attach(self)

    @property
    def link(self) -> str:
        return f"memory://{self.device.kind}"

    @property
    def baud(self) -> int | None:
        return None

    def wait(self, timeout_s: float) -> bool:
        raise AssertionError("a memory wire has no thread")

    def read(self) -> bytes:
        raise AssertionError("a memory wire has no thread")

    def write(self, data: bytes) -> None:
        if self.plugged:
            self.coming += data

    def pull(self) -> None:
        self.plugged = False
        self.coming.clear()

    def plug(self) -> None:
        self.plugged = True

    def close(self) -> None:
        self.plugged = False

    def connect(self, _: str) -> Link:
        """For the driver's constructor."""
        if not self.plugged:
            raise LinkRefused("link.missing", "没有插。", "请插上。")
        self.coming.clear()
        return MemoryLink(self)


class MemoryLink:
    """The driver's end."""

    def __init__(self, wire: MemoryWire) -> None:
        self._wire = wire
        self._lost = False

    def read(self, limit: int, timeout_s: float) -> bytes:
        wire = self._wire
        if not wire.coming and timeout_s > 0:
            wire.moment(True)
            wire.clock.now += timeout_s
        self._check()
        data = bytes(wire.coming[:limit])
        del wire.coming[:limit]
        return data

    def write(self, data: bytes) -> None:
        self._wire.moment(False)
        self._check()
        self._wire.clock.now += len(data) * 10 / 115200
        self._wire.device.hear(data)

    def close(self) -> None:
        self._lost = True

    def _check(self) -> None:
        if self._lost or not self._wire.plugged:
            self._lost = True
            raise LinkLost("link.lost", "断了。", "再插一次。")
