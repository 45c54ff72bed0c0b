"""A hundred journeys with faults at random moments in the suite, thousands at night; and the judge is judged."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from drivers.camera.lens import Doubt
from drivers.camera.opencv import OpencvCamera
from drivers.camera.port import Frame
from drivers.health import Health, State
from drivers.power.simulator import SimulatedPower
from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.port import Slip
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from tests.soak.camera import VisitCamera
from tests.soak.run import TABLE, soak, table_of
from tests.soak.village import Village

JOURNEYS: Final = 100


@pytest.mark.timeout(600)
def test_no_device_stays_stuck_no_slip_is_lied_about_and_none_comes_twice() -> None:
    seed = int(os.environ.get("ZHIZHU_SOAK_SEED", "0")) or int.from_bytes(os.urandom(3), "big") + 1
    tally = soak(JOURNEYS, seed)
    assert tally.well, f"ZHIZHU_SOAK_SEED={seed}: {tally.wrong}"
    assert tally.journeys == JOURNEYS
    assert tally.kept > JOURNEYS // 2, f"seed {seed}: hardly anybody got anything done"
    happened = (tally.printed, tally.not_printed, tally.passed, tally.failed, tally.pictures, len(tally.faults))
    assert min(happened) > 3, f"seed {seed}: {table_of(tally, seed)}"
    assert tally.frames > JOURNEYS, f"seed {seed}: the camera was hardly looked through"


class Liar(EscposPrinter):
    """A driver that says printed whenever it is not sure."""

    def print(self, job: str, slip: Slip) -> PrintResult:
        result = super().print(job, slip)
        return Printed() if isinstance(result, CannotKnow | NotPrinted) else result


class Eager(EscposPrinter):
    """A driver that prints everything twice under another name."""

    def print(self, job: str, slip: Slip) -> PrintResult:
        super().print(job + "-once-more", slip)
        return super().print(job, slip)


class Rememberer(OpencvCamera):
    """A camera's driver that shows the newest picture it has when it is opened: that of the resident before."""

    kept: Frame | None = None

    def open(self) -> None:
        super().open()
        self._first = True

    def grab(self, timeout_s: float) -> Frame | Health:
        got = super().grab(timeout_s)
        if not isinstance(got, Frame):
            return got
        shown, Rememberer.kept = (Rememberer.kept or got) if self._first else got, got
        self._first = False
        return shown


class Doubtless(Doubt):
    """A doubt that believes a stuck camera."""

    def moved(self, picture: bytes) -> bool:
        return True


class Optimist(OpencvCamera):
    """A camera's driver to which all is well."""

    def health(self) -> Health:
        return replace(super().health(), state=State.ready, cause=None, code="camera.ready")


@pytest.mark.parametrize(
    ("place", "liar", "names"),
    [
        ("tests.soak.village.EscposPrinter", Liar, "false_printed"),
        ("tests.soak.village.EscposPrinter", Eager, "double"),
        ("tests.soak.village.OpencvCamera", Rememberer, "stale"),
        ("tests.soak.village.OpencvCamera", Optimist, "false_health"),
        ("drivers.camera.source.Doubt", Doubtless, "stale"),
    ],
)
def test_a_driver_that_lies_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, liar: type, names: str
) -> None:
    monkeypatch.setattr(Rememberer, "kept", None)
    monkeypatch.setattr(place, liar)
    village = Village(tmp_path, 7)
    for _ in range(40):
        village.journey()
        if getattr(village.tally, names):
            break
    village.close()
    assert getattr(village.tally, names)


@pytest.mark.parametrize(("role", "device"), [("face_camera", VisitCamera), ("ups", SimulatedPower)])
def test_a_device_that_never_comes_back_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, device: type
) -> None:
    monkeypatch.setattr(device, "plug", lambda _: None)
    village = Village(tmp_path, 7)
    village.unplug(role)
    village.journey()
    village.close()
    assert role in village.tally.stuck[0]


def test_the_same_seed_does_the_same_again() -> None:
    once, again = soak(5, 11), soak(5, 11)
    assert once == again


def test_the_published_table_tells_of_two_thousand_journeys_that_went_well() -> None:
    page = TABLE.read_text(encoding="utf-8")
    rows = dict(line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    assert int(rows["journeys"]) >= 2000
    assert [rows[name] for name in rows if name.startswith("**")] == ["0"] * 5
