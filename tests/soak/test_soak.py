"""Hundreds of journeys with faults at random moments in the suite, thousands at night; and the judge is judged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.port import Slip
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from tests.soak.run import TABLE, soak, table_of
from tests.soak.village import Village

JOURNEYS: Final = 200


@pytest.mark.timeout(600)
def test_no_device_stays_stuck_no_slip_is_lied_about_and_none_comes_twice() -> None:
    seed = int(os.environ.get("ZHIZHU_SOAK_SEED", "0")) or int.from_bytes(os.urandom(3), "big") + 1
    tally = soak(JOURNEYS, seed)
    assert tally.well, f"ZHIZHU_SOAK_SEED={seed}: {tally.stuck} {tally.false_printed} {tally.double}"
    assert tally.journeys == JOURNEYS
    assert tally.kept > JOURNEYS // 2, f"seed {seed}: hardly anybody got anything done"
    assert min(tally.printed, tally.not_printed, len(tally.faults)) > 10, f"seed {seed}: {table_of(tally, seed)}"


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


@pytest.mark.parametrize(("driver", "names"), [(Liar, "false_printed"), (Eager, "double")])
def test_a_driver_that_lies_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: type[EscposPrinter], names: str
) -> None:
    monkeypatch.setattr("tests.soak.village.EscposPrinter", driver)
    village = Village(tmp_path, 7)
    for _ in range(40):
        village.journey()
        if getattr(village.tally, names):
            break
    village.close()
    assert getattr(village.tally, names)


def test_the_same_seed_does_the_same_again() -> None:
    once, again = soak(5, 11), soak(5, 11)
    assert once == again


def test_the_published_table_tells_of_two_thousand_journeys_that_went_well() -> None:
    page = TABLE.read_text(encoding="utf-8")
    rows = dict(line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    assert int(rows["journeys"]) >= 2000
    assert [rows[name] for name in rows if name.startswith("**")] == ["0", "0", "0"]
