"""How much longer a card takes than its bytes need on the wire, at 115200 baud, and how soon a card is noticed."""

from __future__ import annotations

import threading
import time
from random import Random
from typing import Final

from deploy.bench.report import Gate, Report, middle_ms, percentile
from deploy.trouble import RoofTrouble
from drivers.id_card.port import IdCard, IdCardReader, ReadFault
from drivers.id_card.record import from_record
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.registry import open_device
from drivers.simulation import Simulation
from kiosk.settings import BY_KEY
from seeds.people import People

BAUD: Final = 115200
BITS_A_BYTE: Final = 10
"""8N1: a start bit, eight of data, a stop bit."""
FIFO_BYTES: Final = 16
"""A UART hands its bytes over in pieces of this size."""
NOTICE_S: Final = 5.0


class PacedReader(SimulatedIdCardReader):
    """A reader whose wire takes as long as a wire at 115200 baud does, both ways; `wire_bytes` counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.wire_bytes = 0

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear: the last byte is there only after all of them have passed."""
        self._pass(len(data), time.monotonic())
        super().hear(data)

    def say(self, data: bytes) -> None:
        """See WireDevice.say."""
        began = time.monotonic()
        for at in range(0, len(data), FIFO_BYTES):
            piece = data[at : at + FIFO_BYTES]
            self._pass(len(piece), began, before=at)
            super().say(piece)

    def _pass(self, count: int, began: float, before: int = 0) -> None:
        self.wire_bytes += count
        due = began + wire_s(before + count)
        time.sleep(max(0.0, due - time.monotonic()))


def wire_s(count: int) -> float:
    """Seconds that so many bytes need."""
    return count * BITS_A_BYTE / BAUD


def run(*, full: bool) -> Report:
    """Reads one card again and again, then lays it at random moments of the polling."""
    reads = 200 if full else 40
    lays = 100 if full else 20
    card = from_record(People.load().all[0].card_record())
    device = PacedReader()
    ratios: list[float] = []
    taken: list[float] = []
    bare: list[float] = []
    with Simulation(device).start("pty"):
        reader: IdCardReader = open_device("id_card", None, device.link)
        for _ in range(reads):
            device.lay(card)
            if not reader.find():
                raise RoofTrouble(
                    "模拟读卡器没有找到卡。The simulated reader found no card.", "请再运行一次。Run again."
                )
            device.wire_bytes = 0
            began = time.monotonic()
            read = reader.read()
            seconds = time.monotonic() - began
            if isinstance(read, ReadFault):
                raise RoofTrouble(f"读卡失败（{read.code}）。The read failed.", "请再运行一次。Run again.")
            taken.append(seconds)
            bare.append(wire_s(device.wire_bytes))
            ratios.append(seconds / bare[-1])
            device.lift()
        noticed = [_noticed(reader, device, card) for _ in range(lays)]
        reader.close()
    ratio = percentile(ratios, 0.5)
    return Report(
        name="reader",
        scale=f"{reads} 次读卡、{lays} 次放卡 reads and lays; {BAUD} baud",
        figures={
            "读一张卡 one read, ms (median)": middle_ms(taken),
            "线上必需 wire time of its bytes, ms": middle_ms(bare),
            "发现放卡 card noticed, ms (median)": middle_ms(noticed),
            "发现放卡 card noticed, ms (longest)": round(max(noticed) * 1000, 1),
        },
        ratios={"read / wire (median)": round(ratio, 3), "read / wire (p95)": round(percentile(ratios, 0.95), 3)},
        gates=(
            Gate.at_most("找到卡之后到各项读出 ÷ 线上必需的时间 found → fields parsed ÷ wire time", ratio, 1.15),
            Gate.at_most("放卡到发现 card laid → found", max(noticed) * 1000, 400, "ms"),
        ),
    )


_chance = Random(20261125)  # noqa: S311 — spreads the moments of laying, keeps no secret


def _noticed(reader: IdCardReader, device: SimulatedIdCardReader, card: IdCard) -> float:
    """Seconds from a card laid at a random moment to the find that sees it, polled as a terminal polls."""
    poll_s = float(BY_KEY["card.poll_s"].default or 0)
    laid_at: list[float] = []

    def lay() -> None:
        device.lay(card)
        laid_at.append(time.monotonic())

    device.lift()
    timer = threading.Timer(_chance.uniform(0.0, 2 * poll_s), lay)
    timer.start()
    deadline = time.monotonic() + NOTICE_S
    while time.monotonic() < deadline:
        if reader.find():
            timer.join()
            return time.monotonic() - laid_at[0]
        time.sleep(poll_s)
    raise RoofTrouble("放了卡却没有发现。A laid card was not noticed.", "请再运行一次。Run again.")
