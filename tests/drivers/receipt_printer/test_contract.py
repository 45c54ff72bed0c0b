"""The contract, kept by the ESC/POS driver on a pseudo-terminal and over TCP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.simulation import Simulation
from tests.drivers.receipt_printer.contract import ReceiptPrinterContract


@dataclass
class SimulatedStand:
    """A driver at work on a simulated printer."""

    device: SimulatedReceiptPrinter
    printer: EscposPrinter

    def break_down(self, fault: str) -> None:
        self.device.fault(fault)

    def repair(self) -> None:
        self.device.clear()

    def slips(self) -> list[str]:
        return self._texts(cut=True)

    def scraps(self) -> list[str]:
        return self._texts(cut=False)

    def _texts(self, *, cut: bool) -> list[str]:
        tickets = [ticket for ticket in self.device.paper()["tickets"] if ticket["cut"] is cut]
        return ["\n".join(line for line in ticket["text"].split("\n") if line) for ticket in tickets]


def stand_on(link: str, profile: str | None = None) -> Iterator[SimulatedStand]:
    device = SimulatedReceiptPrinter()
    with Simulation(device).start(link):
        printer = EscposPrinter(device.link, profile=profile, answer_s=1.0, settle_s=5.0, quiet_s=0.05)
        printer.open()
        yield SimulatedStand(device, printer)
        printer.close()


class TestEscposOnAPseudoTerminal(ReceiptPrinterContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from stand_on("pty")


class TestEpson(ReceiptPrinterContract):
    """Whose buffers are emptied by another command, which answers."""

    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from stand_on("pty", "epson-80")


# pyserial forgets to close a socket whose other end went first; it is then closed when it is collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
class TestEscposOverTcp(ReceiptPrinterContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from stand_on("tcp:0")
