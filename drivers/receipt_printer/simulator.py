"""A receipt printer at the far end of a wire: bytes in, tickets out, and a door to look at them and to break it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from drivers.receipt_printer.simulated.interpreter import Interpreter
from drivers.receipt_printer.simulated.paper import DOTS_PER_MM, Ticket
from drivers.receipt_printer.simulated.picture import png_of
from drivers.receipt_printer.simulated.sensors import FAULTS
from drivers.simulate import WireDevice


class SimulatedReceiptPrinter(WireDevice):
    """A thermal printer of 58 or 80 mm; `printer` is its inside, to be touched with `lock` held."""

    kind: ClassVar[str] = "receipt_printer"
    faults: ClassVar[tuple[str, ...]] = FAULTS

    def __init__(self, paper_width_mm: int = 80) -> None:
        super().__init__()
        self.printer = Interpreter(paper_width_mm)

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear."""
        answer = self.printer.receive(data)
        if answer:
            self.say(answer)

    def on_fault(self, state: str) -> None:
        """See WireDevice.on_fault."""
        self.printer.fault(state)
        self._speak_up()

    def on_clear(self) -> None:
        """A person comes and puts everything right; what still waits in the printer is printed then."""
        self.printer.clear()
        self._speak_up()

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state."""
        with self.lock:
            printer = self.printer
            faults = printer.sensors.faults
            paper = "end" if "paper_end" in faults else "near_end" if "near_end" in faults else "ok"
            return {
                "fault": self.fault_now,
                "paper": paper,
                "paper_used_mm": printer.used_dots / DOTS_PER_MM,
                "tickets": len(printer.tickets),
                "waiting_bytes": printer.waiting_bytes,
                "unknown_commands": list(printer.unknown),
            }

    def request(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`GET /paper`, and `DELETE /paper` which takes the tickets out of the tray."""
        match method, path:
            case "GET", "/paper":
                return self.paper()
            case "DELETE", "/paper":
                with self.lock:
                    self.printer.tickets.clear()
                return self.paper()
            case _:
                return super().request(method, path, body)

    def paper(self) -> dict[str, Any]:
        """The tickets in the tray, oldest first, and what hangs out of the slot uncut."""
        with self.lock:
            tickets = tuple(self.printer.tickets)
            sheet = self.printer.sheet
            hanging = sheet.take_off(self.printer.width_dots, cut=False) if sheet.touched else None
        return {
            "tickets": [_described(ticket) for ticket in tickets],
            "hanging": None if hanging is None else _described(hanging),
        }

    def _speak_up(self) -> None:
        answer = self.printer.take_answers()
        if answer:
            self.say(answer)


def _described(ticket: Ticket) -> dict[str, Any]:
    return {
        "text": ticket.text,
        "png_base64": _png_base64(ticket),
        "qr": list(ticket.qr),
        "cut": ticket.cut,
        "length_mm": ticket.length_mm,
    }


@lru_cache(maxsize=64)
def _png_base64(ticket: Ticket) -> str:
    return base64.b64encode(png_of(ticket)).decode("ascii")
