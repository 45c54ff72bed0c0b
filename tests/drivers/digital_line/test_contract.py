"""The contract, kept by both drivers before the simulated kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drivers.digital_line.gpio_line import GpioLine
from drivers.digital_line.line import DebouncedLine
from drivers.digital_line.modem_line import ModemLine
from drivers.digital_line.simulator import SimulatedDigitalLine
from drivers.simulation import Simulation
from tests.drivers.digital_line.contract import DigitalLineContract


@dataclass
class SimulatedStand:
    device: SimulatedDigitalLine
    line: DebouncedLine

    def make(self) -> None:
        self.device.set(True)

    def break_(self) -> None:
        self.device.set(False)

    def unplug(self) -> None:
        self.device.fault("unplugged")

    def replug(self) -> None:
        self.device.clear()


def stand_with(wiring: str, driver: type[DebouncedLine]) -> Iterator[SimulatedStand]:
    device = SimulatedDigitalLine()
    with Simulation(device).start(wiring):
        line = driver(device.link, settle_s=0.001)
        line.open()
        yield SimulatedStand(device, line)
        line.close()


class TestModemLines(DigitalLineContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from stand_with("lines", ModemLine)


class TestGpio(DigitalLineContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from stand_with("gpio", GpioLine)
