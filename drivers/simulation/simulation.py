"""One simulated device with its link and its door, started and ended together."""

from __future__ import annotations

from typing import Any, Self

from drivers.registry import kind_named, load
from drivers.simulation.control import ControlServer
from drivers.simulation.device import SimulatedDevice


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
                self._server = ControlServer(control, self.device)
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def simulate(kind: str, **options: Any) -> Simulation:
    """A simulation of this kind, not yet started; options go to the simulator's constructor. Raises UnknownKind."""
    device: SimulatedDevice = load(kind_named(kind).simulator)(**options)
    return Simulation(device)
