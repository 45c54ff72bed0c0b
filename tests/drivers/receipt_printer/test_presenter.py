"""Kiosk printers hand out a slip and know whether it was taken: no name lies in the mouth for the next resident."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from drivers.receipt_printer.encoder import encode
from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.port import Line, Place, Slip
from drivers.receipt_printer.profile import PROFILES
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.settlement import Printed
from drivers.simulation import Simulation
from tests.drivers.receipt_printer.escpos_reader import read_job
from tests.drivers.receipt_printer.slips import KEPT

OTHER: Slip = (Line("另一张"),)
MODELS = ("kpm", "vkp80ii", "vkp80iii")
TOLD_TO = ("kpm", "vkp80ii")
"""Those that draw a slip back when they are told to; the other does so by itself."""


class Clock:
    """Real time that can be turned ahead."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead_s


@dataclass
class Bench:
    """One kiosk printer with nobody before it."""

    device: SimulatedReceiptPrinter
    clock: Clock
    profile: str

    def driver(self, **options: Any) -> EscposPrinter:
        printer = EscposPrinter(
            self.device.link,
            profile=self.profile,
            answer_s=0.5,
            settle_s=2.0,
            quiet_s=0.05,
            monotonic=self.clock,
            **options,
        )
        printer.open()
        return printer

    def where(self, text: str) -> str:
        paper = self.device.paper()
        if paper["mouth"] is not None and text in paper["mouth"]["text"]:
            return "mouth"
        piles = [("bin", paper["bin"]), ("outside", paper["tickets"])]
        return next((name for name, pile in piles if any(text in each["text"] for each in pile)), "nowhere")


@pytest.fixture(params=MODELS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    clock = Clock()
    device = SimulatedReceiptPrinter(model=request.param, monotonic=clock)
    with Simulation(device).start():
        device.fault("slip_left")
        yield Bench(device, clock, request.param)


def test_a_slip_is_held_out_until_it_is_taken(bench: Bench) -> None:
    printer = bench.driver()
    assert printer.print("job-1", OTHER) == Printed()
    assert printer.place() is Place.in_mouth
    assert bench.where("另一张") == "mouth"
    assert bench.device.take_slip()
    assert printer.place() is Place.taken
    assert bench.where("另一张") == "outside"
    assert not bench.device.take_slip()
    assert list(bench.device.state()["unknown_commands"]) == []
    printer.close()


def test_a_slip_taken_at_once_is_taken(bench: Bench) -> None:
    bench.device.clear()
    printer = bench.driver()
    assert printer.place() is Place.unknown
    printer.print("job-1", OTHER)
    assert printer.place() is Place.taken
    printer.close()


def test_a_slip_nobody_took_is_drawn_back_when_its_time_is_over(bench: Bench) -> None:
    printer = bench.driver(retract_after_s=10)
    printer.print("job-1", OTHER)
    bench.clock.ahead_s += 9
    assert printer.place() is Place.in_mouth
    bench.clock.ahead_s += 2
    assert printer.place() is (Place.retracted if bench.profile in TOLD_TO else Place.unknown)
    assert bench.where("另一张") == "bin"
    assert bench.device.state()["retracted"] == 1
    printer.close()


def test_asking_for_health_draws_back_too(bench: Bench) -> None:
    printer = bench.driver(retract_after_s=10)
    printer.print("job-1", OTHER)
    bench.clock.ahead_s += 11
    printer.health()
    assert bench.where("另一张") == "bin"
    printer.close()


def test_a_slip_taken_late_is_taken_and_stays_so(bench: Bench) -> None:
    printer = bench.driver(retract_after_s=10)
    printer.print("job-1", OTHER)
    bench.device.take_slip()
    assert printer.place() is Place.taken
    bench.clock.ahead_s += 100
    assert printer.place() is Place.taken
    printer.close()


def test_a_slip_that_is_to_be_kept_is_kept(bench: Bench) -> None:
    printer = bench.driver(retract_after_s=10, left_slip="keep")
    printer.print("job-1", OTHER)
    bench.clock.ahead_s += 1000
    assert printer.place() is Place.in_mouth
    assert bench.where("另一张") == "mouth"
    printer.close()


def test_the_next_slip_does_not_come_out_together_with_one_left_behind(bench: Bench) -> None:
    printer = bench.driver()
    printer.print("job-1", OTHER)
    assert printer.print("job-2", KEPT) == Printed()
    assert bench.where("取件码") == "mouth"
    # What has no word for drawing back pushes it out before the new one.
    assert bench.where("另一张") == ("bin" if bench.profile in TOLD_TO else "outside")
    printer.close()


def test_a_slip_left_from_before_the_driver_is_drawn_back_before_the_next(bench: Bench) -> None:
    first = bench.driver()
    first.print("job-1", OTHER)
    first.close()
    second = bench.driver()
    assert second.print("job-2", KEPT) == Printed()
    assert bench.where("另一张") == ("bin" if bench.profile in TOLD_TO else "outside")
    second.close()


def test_a_printer_gone_silent_does_not_make_a_slip_taken(bench: Bench) -> None:
    printer = bench.driver()
    printer.print("job-1", OTHER)
    bench.device.fault("silent")
    assert printer.place() is Place.in_mouth
    bench.device.fault("unplugged")
    assert printer.place() is Place.in_mouth
    printer.close()


@pytest.mark.parametrize("bench", TOLD_TO, indirect=True)
def test_a_motor_that_does_not_draw_back_is_not_told_as_drawn_back(bench: Bench) -> None:
    printer = bench.driver(retract_after_s=10)
    printer.print("job-1", OTHER)
    with bench.device.lock:
        bench.device.printer.mouth.retract = lambda: None  # type: ignore[method-assign]
    bench.clock.ahead_s += 11
    assert printer.place() is Place.in_mouth
    printer.close()


@pytest.mark.parametrize(
    ("profile", "tail"),
    [
        ("vkp80ii", "1b 69"),
        ("vkp80iii", "1c 50 04 01 52 1e"),
        ("kpm", "1b 69 1d 65 03 40"),
    ],
)
def test_a_slip_ends_in_the_bytes_of_its_model(profile: str, tail: str) -> None:
    job = b"".join(encode(OTHER, PROFILES[profile], 30))
    assert job.hex(" ").endswith(tail)
    read_job(job)


def test_a_slip_that_is_kept_is_held_by_the_printer_for_ever() -> None:
    job = b"".join(encode(OTHER, PROFILES["vkp80iii"], 0))
    assert job.endswith(b"\x1c\x50\x04\x01\x52\x00")


@pytest.mark.parametrize("seconds", [0, 256])
def test_a_time_no_printer_counts_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        EscposPrinter("/dev/null", retract_after_s=seconds)


def test_a_torso_is_cut_off_and_kept_from_the_next_resident(bench: Bench) -> None:
    printer = bench.driver()
    bench.device.fault("overheated_midway", "slip_left")
    printer.print("job-1", KEPT)
    bench.device.clear()
    bench.device.fault("slip_left")
    assert printer.print("job-2", OTHER) == Printed()
    assert bench.where("智助自助终端") == ("bin" if bench.profile in TOLD_TO else "outside")
    mouth = bench.device.paper()["mouth"]
    assert mouth["text"].strip() == "另一张"
    printer.close()
