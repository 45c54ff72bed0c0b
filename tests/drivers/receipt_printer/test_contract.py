"""The contract, kept by the ESC/POS driver with every profile, on pseudo-terminals and over TCP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import pytest

from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.profile import PROFILES
from drivers.receipt_printer.simulated.model import MODELS
from drivers.receipt_printer.simulated.paper import Ticket
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.simulation import Simulation
from tests.drivers.receipt_printer.contract import ReceiptPrinterContract
from tests.drivers.receipt_printer.slips import KEPT_TEXT_58


@dataclass
class SimulatedStand:
    """A driver at work on a simulated printer."""

    device: SimulatedReceiptPrinter
    printer: EscposPrinter

    def break_down(self, fault: str) -> None:
        self.device.fault(fault)

    def happen(self, situation: str) -> None:
        self.device.happen(situation)

    def repair(self) -> None:
        self.device.clear()

    def slips(self) -> list[str]:
        return [text for text in self._texts(cut=True) if text]

    def scraps(self) -> list[str]:
        return self._texts(cut=False)

    def waiting_bytes(self) -> int:
        with self.device.lock:
            return self.device.printer.waiting_bytes

    def _texts(self, *, cut: bool) -> list[str]:
        with self.device.lock:
            printer = self.device.printer
            everywhere: list[Ticket] = [*printer.tickets, *printer.mouth.bin]
            if printer.mouth.slip is not None:
                everywhere.append(printer.mouth.slip)
        tickets = [ticket for ticket in everywhere if ticket.cut is cut]
        return ["\n".join(line for line in ticket.text.split("\n") if line) for ticket in tickets]


def stand_on(link: str, profile: str = "generic-80") -> Iterator[SimulatedStand]:
    width = PROFILES[profile].paper_width_mm
    device = SimulatedReceiptPrinter(width, model=profile if profile in MODELS else "escpos")
    with Simulation(device).start(link):
        printer = EscposPrinter(device.link, width, profile=profile, answer_s=0.5, settle_s=2.0, quiet_s=0.05)
        printer.open()
        yield SimulatedStand(device, printer)
        printer.close()


class TestEscposOnAPseudoTerminal(ReceiptPrinterContract):
    @pytest.fixture(params=sorted(name for name in PROFILES if name.endswith("-80")))
    def stand(self, request: pytest.FixtureRequest) -> Iterator[SimulatedStand]:
        yield from stand_on("pty", request.param)


class TestEscposOnNarrowPaper(ReceiptPrinterContract):
    kept_text = KEPT_TEXT_58

    @pytest.fixture(params=sorted(name for name in PROFILES if name.endswith("-58")))
    def stand(self, request: pytest.FixtureRequest) -> Iterator[SimulatedStand]:
        yield from stand_on("pty", request.param)


class TestKioskPrinters(ReceiptPrinterContract):
    """Which have no word for being offline but their own causes."""

    codes = MappingProxyType({"offline": "voltage"})

    @pytest.fixture(params=sorted(set(PROFILES) & set(MODELS)))
    def stand(self, request: pytest.FixtureRequest) -> Iterator[SimulatedStand]:
        yield from stand_on("pty", request.param)


# pyserial forgets to close a socket whose other end went first; it is then closed when it is collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
class TestEscposOverTcp(ReceiptPrinterContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        yield from stand_on("tcp:0")
