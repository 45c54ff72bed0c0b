"""A receipt printer at the far end of a wire: bytes in, tickets out, and a door to look at them and to break it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Final

from fastapi import APIRouter

from drivers.receipt_printer.simulated.interpreter import Interpreter
from drivers.receipt_printer.simulated.paper import DOTS_PER_MM, Ticket
from drivers.receipt_printer.simulated.picture import png_of
from drivers.receipt_printer.simulated.sensors import FAULTS
from drivers.simulation import Situation, WireDevice

_BEGINNING: Final = b"\x1b@"
"""Every job begins by setting the printer to its defaults."""


class SimulatedReceiptPrinter(WireDevice):
    """A thermal printer of 58 or 80 mm; `printer` is its inside, to be touched with `lock` held."""

    kind: ClassVar[str] = "receipt_printer"
    faults: ClassVar[Mapping[str, str]] = FAULTS
    situations: ClassVar[Mapping[str, Situation]] = MappingProxyType(
        {
            "paper ends in the middle": Situation("打到一半没纸", ("paper_end_midway",)),
            "jam with no paper": Situation("又卡纸又没纸", ("jam", "paper_end")),
            "jam in the middle": Situation("打到一半卡纸", ("jam_midway",)),
            "slip left in the mouth": Situation("凭条没人拿", ("slip_left",)),
            "cover opened by a child": Situation("有人打开了机盖", ("cover_open",)),
            "cover opened while printing": Situation("打印时有人开盖", ("cover_open_midway",)),
            "roll of 2 m": Situation("纸卷只剩两米", ("short_roll",)),
            "head overheats": Situation("打到一半过热", ("overheated_midway",)),
            "power dips": Situation("电压不稳", ("voltage",)),
            "paper of the wrong kind": Situation("找不到黑标", ("mark_missing",)),
            "silent midway": Situation("打到一半没有反应", ("silent_midway",)),
            "deaf to purge": Situation("没纸又清不掉", ("deaf_to_purge", "paper_end_midway")),
            "automatic status chatter": Situation("不断自己报告状态", ("chatter",)),
            "garbage on the line": Situation("线上有杂讯", ("garbage",)),
            "the plug falls out": Situation("插头松脱", ("unplugged",)),
        }
    )

    def __init__(
        self,
        paper_width_mm: int = 80,
        roll_mm: int = 80_000,
        model: str = "escpos",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`model` is one of simulated.model.MODELS; `monotonic` times what a presenter does by itself."""
        super().__init__()
        self.printer = Interpreter(paper_width_mm, roll_mm, model, monotonic)
        self._tail = b""

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear."""
        if _BEGINNING in self._tail + data:
            self.operation()
        self._tail = data[-1:]
        answer = self.printer.receive(data)
        if answer:
            self.say(answer)

    def on_fault(self, name: str) -> None:
        """See SimulatedDevice.on_fault."""
        self.printer.fault(name)
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
                **super().state(),
                "paper": paper,
                "model": printer.model.name,
                "paper_used_mm": printer.used_dots / DOTS_PER_MM,
                "paper_left_mm": max(0, printer.left_dots) / DOTS_PER_MM,
                "slip_in_mouth": printer.mouth.slip is not None,
                "retracted": len(printer.mouth.bin),
                "tickets": len(printer.tickets),
                "waiting_bytes": printer.waiting_bytes,
                "unknown_commands": list(printer.unknown),
            }

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.get("/paper")
        def paper() -> dict[str, Any]:
            """The tickets in the tray as text and picture."""
            return self.paper()

        @router.delete("/paper")
        def take() -> dict[str, Any]:
            """Take the tickets out of the tray."""
            self.take_all()
            return self.paper()

        @router.post("/take")
        def take_slip() -> dict[str, Any]:
            """A hand takes the slip out of the mouth."""
            self.take_slip()
            return self.paper()

    def take_slip(self) -> bool:
        """A hand takes the slip that is held out; says whether there was one within reach."""
        with self.lock:
            self.printer.mouth.tick()
            return self.printer.mouth.take()

    def take_all(self) -> None:
        """Takes the tickets out of the tray."""
        with self.lock:
            self.printer.tickets.clear()

    def paper(self) -> dict[str, Any]:
        """The tickets in the tray, oldest first, and what hangs out of the slot uncut."""
        with self.lock:
            self.printer.mouth.tick()
            tickets = tuple(self.printer.tickets)
            mouth = self.printer.mouth.slip
            drawn_back = tuple(self.printer.mouth.bin)
            sheet = self.printer.sheet
            hanging = sheet.take_off(self.printer.width_dots, cut=False) if sheet.touched else None
        return {
            "tickets": [_described(ticket) for ticket in tickets],
            "hanging": None if hanging is None else _described(hanging),
            "mouth": None if mouth is None else _described(mouth),
            "bin": [_described(ticket) for ticket in drawn_back],
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
