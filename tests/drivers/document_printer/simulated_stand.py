"""A driver at work on a simulated printer, quick enough for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.document_printer.ipp import IppPrinter
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.simulation import Simulation

QUICK: dict[str, Any] = {
    "answer_s": 1.0,
    "send_s": 1.0,
    "settle_s": 8.0,
    "patience_s": 0.3,
    "look_s": 0.5,
    "cancel_s": 4.0,
    "poll_s": 0.02,
}


@dataclass
class SimulatedStand:
    """See contract.Stand."""

    device: SimulatedDocumentPrinter
    link: str
    printer: IppPrinter
    others: list[IppPrinter] = field(default_factory=list)

    def another(self, **options: Any) -> IppPrinter:
        """See contract.Stand.another."""
        printer = IppPrinter(self.link, **(QUICK | options))
        printer.open()
        self.others.append(printer)
        return printer

    def break_down(self, fault: str) -> None:
        """See contract.Stand.break_down."""
        self.device.fault(fault)

    def repair(self) -> None:
        """See contract.Stand.repair."""
        self.device.clear()

    def settle(self) -> None:
        """See contract.Stand.settle."""
        with self.device.lock:
            jobs = self.device.engine.jobs
            assert self.device.engine.news.wait_for(lambda: all(job.state.final for job in jobs.values()), 10)

    def came_out(self) -> list[str]:
        """See contract.Stand.came_out."""
        return [document["name"] for document in self.device.paper()["documents"]]

    def close(self) -> None:
        """End the drivers."""
        for each in (self.printer, *self.others):
            each.close()


@contextmanager
def simulated_stand(page_s: float = 0.03, **options: Any) -> Iterator[SimulatedStand]:
    """A stand of its own; options go to the driver."""
    device = SimulatedDocumentPrinter(page_s)
    with Simulation(device).start():
        printer = IppPrinter(device.link, **(QUICK | options))
        printer.open()
        stand = SimulatedStand(device, device.link, printer)
        try:
            yield stand
        finally:
            stand.close()
