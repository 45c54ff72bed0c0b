"""The driver against the simulator, over real pseudo-terminals: what is told is what the paper did."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.health import State
from drivers.link import Link, LinkLost, LinkRefused, open_link
from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.port import Feed, Line, Slip
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.settlement import CannotKnow, NotPrinted, Printed
from drivers.simulation import Simulation
from tests.drivers.receipt_printer.escpos_reader import qr_text, read_job
from tests.drivers.receipt_printer.slips import CODE, KEPT, KEPT_TEXT_80, RARE, VERIFY

SMALL: Slip = (Line("第二张"),)
LONG: Slip = (Line("第一张"), Feed(8), Line("末行"))
"""Long on paper and short on the wire: all of it is in the printer before the paper ends midway."""


@dataclass
class Wiretap:
    """A link that keeps what passes, and can be told to break."""

    link: Link
    sent: list[bytes] = field(default_factory=list)
    breaks_at: bytes | None = None

    def read(self, limit: int, timeout_s: float) -> bytes:
        return self.link.read(limit, timeout_s)

    def write(self, data: bytes) -> None:
        self.sent.append(data)
        self.link.write(data)
        if self.breaks_at is not None and self.breaks_at in data:
            raise LinkLost("link.lost", "断开了。", "请检查。")

    def close(self) -> None:
        self.link.close()


@dataclass
class Bench:
    """One simulated printer, one driver on it, and the wire between them."""

    simulation: Simulation
    device: SimulatedReceiptPrinter
    taps: list[Wiretap] = field(default_factory=list)
    drivers: list[EscposPrinter] = field(default_factory=list)

    def connect(self, url: str) -> Link:
        tap = Wiretap(open_link(url))
        self.taps.append(tap)
        return tap

    def driver(self, **options: Any) -> EscposPrinter:
        wishes: dict[str, Any] = {"answer_s": 1.0, "settle_s": 5.0, "quiet_s": 0.1, "connect": self.connect} | options
        printer = EscposPrinter(self.simulation.link, **wishes)
        self.drivers.append(printer)
        return printer

    def sent_jobs(self) -> list[bytes]:
        """Everything the driver sent that is a job: what begins with a reset."""
        return [data for tap in self.taps for data in tap.sent if data.startswith(b"\x1b\x40")]

    def tickets(self) -> list[dict[str, Any]]:
        tickets: list[dict[str, Any]] = self.device.paper()["tickets"]
        return tickets

    def cut_tickets(self) -> list[str]:
        return [ticket["text"] for ticket in self.tickets() if ticket["cut"] and ticket["text"]]


@pytest.fixture
def bench() -> Iterator[Bench]:
    device = SimulatedReceiptPrinter()
    with Simulation(device).start() as simulation:
        made = Bench(simulation, device)
        yield made
        for driver in made.drivers:
            driver.close()


def test_a_printed_slip_is_on_the_paper_as_text_qr_and_one_cut(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    assert printer.print("job-1", KEPT) == Printed()
    [ticket] = bench.tickets()
    assert ticket["text"].replace("\n\n", "\n") == KEPT_TEXT_80
    assert ticket["qr"] == [VERIFY]
    assert ticket["cut"] is True
    assert bench.device.state()["unknown_commands"] == []


def test_the_bytes_on_the_wire_are_the_slip_and_one_queued_question(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    printer.print("job-1", KEPT)
    job = read_job(b"".join(data for data in bench.sent_jobs()) + b"".join(_rest_of_job(bench)))
    assert job.text == KEPT_TEXT_80
    assert [qr_text(symbol) for symbol in job.symbols] == [VERIFY]
    assert (job.cuts, job.queued_questions) == ([66], [1])


def _rest_of_job(bench: Bench) -> list[bytes]:
    """What followed the first burst and is no real-time command."""
    sent = bench.taps[0].sent
    first = next(n for n, data in enumerate(sent) if data.startswith(b"\x1b\x40"))
    return [data for data in sent[first + 1 :] if not data.startswith(b"\x10")]


def test_a_phone_can_read_the_code_on_the_picture_of_the_ticket(bench: Bench) -> None:
    printer = bench.driver(profile="raster-qr-80")
    printer.open()
    assert printer.print("job-1", KEPT) == Printed()
    png = base64.b64decode(bench.tickets()[0]["png_base64"])
    image = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    assert image.shape[1] == 640
    assert qr_text(np.asarray(image, dtype=np.uint8)) == VERIFY


def test_rare_names_are_on_the_paper(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    printer.print("job-1", (Line(f"林{RARE}"),))
    assert bench.cut_tickets() == [f"林{RARE}"]


@pytest.mark.parametrize("fault", ["paper_end", "cover_open", "offline", "cutter", "silent"])
def test_no_byte_of_a_slip_is_sent_to_a_printer_with_a_fault(bench: Bench, fault: str) -> None:
    printer = bench.driver()
    printer.open()
    bench.device.fault(fault)
    assert isinstance(printer.print("job-1", KEPT), NotPrinted)
    assert bench.sent_jobs() == []


def test_paper_that_ends_midway_is_not_printed_and_nothing_comes_out_later(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    bench.device.fault("paper_end_midway")
    result = printer.print("job-1", KEPT)
    assert isinstance(result, NotPrinted)
    assert result.health.code == "receipt_printer.paper_end"
    assert bench.device.state()["waiting_bytes"] == 0
    bench.device.clear()
    assert bench.cut_tickets() == []
    [scrap] = bench.tickets()
    assert scrap["cut"] is False
    assert CODE not in scrap["text"]


def test_a_printer_deaf_to_the_purge_does_not_make_a_retry_print_twice(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    bench.device.fault("deaf_to_purge", "paper_end_midway")
    assert isinstance(printer.print("job-1", LONG), NotPrinted)
    bench.device.clear()
    assert len(bench.cut_tickets()) == 1, "the printer finished the old job by itself"
    assert printer.print("job-1", LONG) == Printed()
    assert len(bench.cut_tickets()) == 1


def test_a_printer_that_falls_silent_midway_cannot_be_known(bench: Bench) -> None:
    printer = bench.driver(settle_s=0.3)
    printer.open()
    bench.device.fault("silent_midway")
    result = printer.print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert result.health.state is State.unknown


def test_a_job_that_cannot_be_known_is_not_sent_again(bench: Bench) -> None:
    printer = bench.driver(settle_s=0.3)
    printer.open()
    bench.device.fault("silent_midway")
    first = printer.print("job-1", KEPT)
    bench.device.clear()
    assert printer.print("job-1", KEPT) == first
    assert len(bench.sent_jobs()) == 1
    assert bench.cut_tickets() == []


def test_a_link_lost_with_the_job_under_way_cannot_be_known(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    bench.taps[0].breaks_at = b"\x1d\x72\x01"
    bench.taps[0].sent.clear()
    result = printer.print("job-1", KEPT)
    assert isinstance(result, CannotKnow)
    assert (result.health.state, result.health.code) == (State.absent, "receipt_printer.absent")


def test_opening_where_there_is_no_printer_is_refused() -> None:
    with pytest.raises(LinkRefused):
        EscposPrinter("/dev/zhizhu-no-such-port").open()


def test_a_printer_that_was_never_there_is_absent() -> None:
    assert EscposPrinter("/dev/zhizhu-no-such-port").health().state is State.absent


def test_automatic_status_does_not_disturb_a_job(bench: Bench) -> None:
    printer = bench.driver()
    printer.open()
    bench.taps[0].write(b"\x1d\x61\x0f")
    with bench.device.lock:
        bench.device.printer.fault("near_end")
    assert printer.print("job-1", KEPT) == Printed()
    assert len(bench.cut_tickets()) == 1


def test_what_was_left_in_the_printer_is_gone_before_the_next_resident(bench: Bench) -> None:
    first = bench.driver()
    first.open()
    bench.device.fault("paper_end_midway")
    bench.taps[0].breaks_at = b"\x1d\x72\x01"
    with bench.device.lock:
        bench.device.printer.fault("deaf_to_purge")
    assert isinstance(first.print("job-1", LONG), CannotKnow)
    first.close()
    with bench.device.lock:
        bench.device.printer.sensors.faults.discard("deaf_to_purge")
    second = bench.driver()
    second.open()
    assert isinstance(second.print("job-2", SMALL), NotPrinted)
    bench.device.clear()
    assert second.print("job-2", SMALL) == Printed()
    assert bench.cut_tickets() == ["第二张"]
