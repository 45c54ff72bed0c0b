"""The contract, kept by both drivers and by every model, over pseudo-terminals, TCP and input events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drivers.code_scanner.evdev import EvdevScanner
from drivers.code_scanner.port import CodeScanner
from drivers.code_scanner.serial_line import SerialScanner
from drivers.code_scanner.simulator import SimulatedCodeScanner
from drivers.simulation import Simulation
from tests.drivers.code_scanner.contract import CodeScannerContract

GAP_S = 0.3
"""Longer than in the field: a busy machine must not turn a pause into an end."""


@dataclass
class SimulatedStand:
    """A driver at work on a simulated scanner."""

    device: SimulatedCodeScanner
    scanner: CodeScanner
    can_be_asked: bool = False
    types: bool = False

    def show(self, text: str) -> None:
        self.device.show(text)
        self.scanner.trigger(True)

    def happen(self, situation: str) -> None:
        self.device.happen(situation)

    def repair(self) -> None:
        self.device.clear()


def serial_stand(link: str, profile: str, device: SimulatedCodeScanner) -> Iterator[SimulatedStand]:
    with Simulation(device).start(link):
        scanner = SerialScanner(device.link, profile=profile, gap_s=GAP_S)
        scanner.open()
        yield SimulatedStand(device, scanner, can_be_asked=profile == "gm65")
        scanner.close()


class TestGenericOnAPseudoTerminal(CodeScannerContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from serial_stand("pty", "generic", SimulatedCodeScanner(suffix=b"\r\n"))


# pyserial forgets to close a socket whose other end went first; it is then closed when it is collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
class TestGenericOverTcp(CodeScannerContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from serial_stand("tcp:0", "generic", SimulatedCodeScanner(suffix=b"\n"))


class TestGm65(CodeScannerContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from serial_stand("pty", "gm65", SimulatedCodeScanner())


class TestHoneywell(CodeScannerContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from serial_stand("pty", "honeywell", SimulatedCodeScanner(model="honeywell"))


class TestKeyboard(CodeScannerContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        device = SimulatedCodeScanner()
        with Simulation(device).start("evdev"):
            scanner = EvdevScanner(device.link, gap_s=GAP_S)
            scanner.open()
            yield SimulatedStand(device, scanner, types=True)
            scanner.close()
