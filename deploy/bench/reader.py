"""How much longer a card takes than its bytes need on the wire, at 115200 baud, and how soon a card is noticed.

Noticed by the terminal's own watch at the terminal's own ticks. What the machine's load adds to that shows in a loop
that does nothing, measured meanwhile; the bound is the p95's, of which a machine that stumbles once makes no other.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Final

from deploy.bench.report import Gate, Report, middle_ms, percentile
from deploy.trouble import RoofTrouble
from drivers.id_card.port import IdCard, IdCardReader, ReadFault
from drivers.id_card.record import from_record
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.registry import open_device
from drivers.simulation import Simulation
from kiosk.doors import ThreadDoor
from kiosk.journey.acts import Act, CardLaid, CardReading
from kiosk.services.card_watch import CardWatch
from kiosk.services.roles import Slot
from kiosk.services.services import TICK_MS
from kiosk.settings import BY_KEY, DeviceSetting
from seeds.people import People

BAUD: Final = 115200
BITS_A_BYTE: Final = 10
"""8N1: a start bit, eight of data, a stop bit."""
FIFO_BYTES: Final = 16
"""A UART hands its bytes over in pieces of this size."""
NOTICE_S: Final = 5.0
STEP_S: Final = 0.4
"""Longer than one step of the polling: cards are laid at any moment of it."""


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
    lays = 100 if full else 36
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
        reader.close()
        terminal, idle = Watching(device.link), Lateness()
        noticed = [_noticed(terminal, device, card) for _ in range(lays)]
        idle.close()
        terminal.close()
    ratio = percentile(ratios, 0.5)
    return Report(
        name="reader",
        scale=f"{reads} 次读卡、{lays} 次放卡 reads and lays; {BAUD} baud",
        figures={
            "读一张卡 one read, ms (median)": middle_ms(taken),
            "线上必需 wire time of its bytes, ms": middle_ms(bare),
            "发现放卡 card noticed, ms (median)": middle_ms(noticed),
            "发现放卡 card noticed, ms (p95)": round(percentile(noticed, 0.95) * 1000, 1),
            "发现放卡 card noticed, ms (longest)": round(max(noticed) * 1000, 1),
            "同时空转的循环晚醒 an idle loop woke late meanwhile, ms (p95)": round(
                percentile(idle.seconds, 0.95) * 1000, 1
            ),
            "同时空转的循环晚醒 an idle loop woke late meanwhile, ms (longest)": round(max(idle.seconds) * 1000, 1),
        },
        ratios={"read / wire (median)": round(ratio, 3), "read / wire (p95)": round(percentile(ratios, 0.95), 3)},
        gates=(
            Gate.at_most("找到卡之后到各项读出 ÷ 线上必需的时间 found → fields parsed ÷ wire time", ratio, 1.15),
            Gate.at_most("放卡到发现 card laid → found (p95)", percentile(noticed, 0.95) * 1000, 400, "ms"),
        ),
    )


_chance = Random(20261125)  # noqa: S311 — spreads the moments of laying, keeps no secret


class Lateness:
    """A loop that has nothing to do but wake at every tick: how late it wakes is what the machine adds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="idle loop", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the loop."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            due = time.monotonic() + TICK_MS / 1000
            time.sleep(TICK_MS / 1000)
            self.seconds.append(time.monotonic() - due)


class Watching:
    """A terminal's own watch for cards, ticked as the terminal ticks it, without a screen."""

    def __init__(self, link: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._told: list[Act] = []
        self._slot = Slot(
            "id_card",
            DeviceSetting("id_card", "id_card", None, link),
            ThreadDoor("id_card", self._calls.put),
            changed=lambda _, __: None,
        )
        self.watch = CardWatch(
            self._slot,
            self._told.append,
            poll_s=float(BY_KEY["card.poll_s"].default or 0),
            deadline_s=float(BY_KEY["card.deadline_s"].default or 0),
            monotonic=time.monotonic,
        )
        self._tick_at = time.monotonic()

    def until(self, kind: type[Act]) -> float:
        """Lets the loop run until this is told; when that was."""
        deadline = time.monotonic() + NOTICE_S
        self._told.clear()
        while time.monotonic() < deadline:
            self._turn()
            if any(isinstance(act, kind) for act in self._told):
                return time.monotonic()
        raise RoofTrouble("放了卡却没有发现。A laid card was not noticed.", "请再运行一次。Run again.")

    def close(self) -> None:
        """Lets the reader go."""
        self._slot.close()

    def _turn(self) -> None:
        """Waits for the next tick, and hands over at once what the reader's door has to say."""
        wait_s = self._tick_at - time.monotonic()
        if wait_s > 0:
            try:
                self._calls.get(timeout=wait_s)()
            except queue.Empty:
                pass
            else:
                return
        # Ticks that were missed are not made up for, as with the screen's own timer.
        self._tick_at = max(self._tick_at, time.monotonic() - TICK_MS / 1000) + TICK_MS / 1000
        self.watch.tick()


def _noticed(terminal: Watching, device: SimulatedIdCardReader, card: IdCard) -> float:
    """Seconds from a card laid at a random moment of the polling to the terminal's word that it reads one."""
    laid_at: list[float] = []

    def lay() -> None:
        laid_at.append(time.monotonic())
        device.lay(card)

    device.lift()
    terminal.watch.read_again()
    # Not before the polling has found its step again.
    timer = threading.Timer(_chance.uniform(STEP_S, 2 * STEP_S), lay)
    timer.start()
    found_at = terminal.until(CardReading)
    timer.join()
    terminal.until(CardLaid)
    return found_at - laid_at[0]
