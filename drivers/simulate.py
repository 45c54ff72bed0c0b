"""The frame every simulator stands in: a device behind a link, a door to break it by, and a clean end.

with simulate("id_card").start(control="127.0.0.1:0") as simulation:
    simulation.link       # what a driver opens
    simulation.control    # http://127.0.0.1:PORT: /state, /fault, /clear and what the kind adds
    simulation.device     # the same device in this process; its methods are safe from any thread
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol, Self

from drivers.registry import kind_named, load
from drivers.simulate_control import ControlServer
from drivers.wire_end import WireEnd, make_wire_end

_TICK_S: Final = 0.02
"""How soon the wire's thread notices that it should end."""


class NotPossible(ValueError):
    """A control request that this device cannot answer; the text says what it can."""


class SimulatedDevice(Protocol):
    """What the frame asks of a kind. Every call may come from another thread than the one before."""

    kind: ClassVar[str]

    @property
    def link(self) -> str:
        """The link a driver opens; valid after `start`."""

    def start(self, link: str) -> None:
        """Come to life at the far end of a wire: `pty`, `tcp:PORT`, or what the kind knows besides."""

    def stop(self) -> None:
        """End every thread and give everything back; harmless when repeated."""

    def state(self) -> dict[str, Any]:
        """What is on the device now, as JSON values: at least {"fault": name or null}."""

    def fault(self, state: str) -> None:
        """Break in this way until cleared; raises NotPossible for a fault the kind does not have."""

    def clear(self) -> None:
        """Be well again."""

    def request(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the kind adds to the door, such as `POST /card`; raises NotPossible for anything else."""


class Simulation:
    """One simulated device with its link and, if wished, its HTTP door."""

    def __init__(self, device: SimulatedDevice) -> None:
        self.device = device
        self._server: ControlServer | None = None

    @property
    def link(self) -> str:
        """What a driver opens."""
        return self.device.link

    @property
    def control(self) -> str | None:
        """The door's address, or None where none was wished."""
        return None if self._server is None else self._server.url

    def start(self, link: str = "pty", control: str | None = None) -> Self:
        """Start the device and, given HOST:PORT, the door (port 0 takes a free one). Raises DeviceTrouble."""
        self.device.start(link)
        if control is not None:
            try:
                self._server = ControlServer(control, self.answer)
            except BaseException:
                self.device.stop()
                raise
        return self

    def stop(self) -> None:
        """End the door first, so that nobody asks a device that is gone."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.device.stop()

    def answer(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One control request: what all kinds share here, the rest by the device. Raises NotPossible."""
        match method, path:
            case "GET", "/state":
                pass
            case "POST", "/fault":
                name = body.get("state")
                if not isinstance(name, str):
                    raise NotPossible('a fault is named: {"state": "…"}')
                self.device.fault(name)
            case "POST", "/clear":
                self.device.clear()
            case _:
                return self.device.request(method, path, body)
        return {"kind": self.device.kind, "link": self.link, **self.device.state()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def simulate(kind: str, **options: Any) -> Simulation:
    """A simulation of this kind, not yet started; options go to the simulator's constructor. Raises UnknownKind."""
    device: SimulatedDevice = load(kind_named(kind).simulator)(**options)
    return Simulation(device)


class WireDevice(ABC):
    """A SimulatedDevice that talks bytes: its thread hands in what arrives, `say` sends.

    `lock` guards everything a kind remembers; `hear`, `on_fault` and `on_clear` are called with it held.
    """

    kind: ClassVar[str]
    faults: ClassVar[tuple[str, ...]]
    """The faults besides `unplugged`, which every wire has."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.fault_now: str | None = None
        self._end: WireEnd | None = None
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        return self._wire().link

    def start(self, link: str) -> None:
        """See SimulatedDevice.start."""
        self._end = make_wire_end(link, self.kind)
        self._thread = threading.Thread(target=self._listen, name=f"simulated {self.kind}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """See SimulatedDevice.stop."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._end is not None:
            self._end.close()
            self._end = None

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state."""
        with self.lock:
            return {"fault": self.fault_now}

    def fault(self, state: str) -> None:
        """See SimulatedDevice.fault."""
        possible = (*self.faults, "unplugged")
        if state not in possible:
            raise NotPossible(f"{self.kind} has no fault {state!r}; there are {', '.join(possible)}")
        with self.lock:
            self.clear()
            self.fault_now = state
            if state == "unplugged":
                self._wire().pull()
            else:
                self.on_fault(state)

    def clear(self) -> None:
        """See SimulatedDevice.clear."""
        with self.lock:
            if self.fault_now == "unplugged":
                self._wire().plug()
            self.fault_now = None
            self.on_clear()

    def request(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """See SimulatedDevice.request; a kind with nothing to add leaves it."""
        raise NotPossible(f"{self.kind} does not answer {method} {path}")

    @abstractmethod
    def hear(self, data: bytes) -> None:
        """Bytes arrived from the driver, in whatever pieces."""

    def on_fault(self, state: str) -> None:  # noqa: B027 — a hook, not a duty
        """A fault has begun; most kinds only look at `fault_now`."""

    def on_clear(self) -> None:  # noqa: B027 — a hook, not a duty
        """The fault is over."""

    def say(self, data: bytes) -> None:
        """Send bytes to the driver."""
        self._wire().write(data)

    def _wire(self) -> WireEnd:
        if self._end is None:
            raise RuntimeError(f"the simulated {self.kind} has not been started")
        return self._end

    def _listen(self) -> None:
        while not self._ending.is_set():
            # Waiting happens outside the lock; the wire may be pulled meanwhile, which only shows as nothing read.
            if not self._wire().wait(_TICK_S):
                continue
            with self.lock:
                data = self._wire().read()
                if data:
                    self.hear(data)
