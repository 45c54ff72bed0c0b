"""What every driver of a document printer must do, whatever stands at the other end of the wire."""

from __future__ import annotations

from typing import Protocol

import pytest

from drivers.document_printer.port import DocumentPrinter, Loaded
from drivers.health import Health, State
from drivers.settlement import CannotKnow, NotPrinted, Printed
from tests.drivers.document_printer.papers import CERTIFICATE, ONE_PAGE


class Stand(Protocol):
    """A printer on the table, opened, with somebody who can break it and put it right."""

    @property
    def printer(self) -> DocumentPrinter: ...

    def another(self) -> DocumentPrinter:
        """A second driver of the same printer, opened: the program after a restart."""

    def break_down(self, fault: str) -> None: ...

    def repair(self) -> None: ...

    def settle(self) -> None:
        """Wait until nothing is on its way to the paper any more."""

    def came_out(self) -> list[str]:
        """The job of each whole document in the tray, oldest first."""


STOPPING = pytest.mark.parametrize("fault", ["paper_end", "jam", "cover_open"])


class DocumentPrinterContract:
    """Truth about the paper, whatever the driver and whatever it talks to."""

    def test_a_well_printer_is_ready(self, stand: Stand) -> None:
        assert stand.printer.health().code == "document_printer.ready"

    def test_what_is_loaded_is_told(self, stand: Stand) -> None:
        loaded = stand.printer.loaded()
        assert isinstance(loaded, Loaded)
        assert "iso_a4_210x297mm" in loaded.media
        assert [supply.name for supply in loaded.supplies] == ["Black Toner"]
        assert (loaded.supplies[0].percent or 0) > 10

    def test_printed_means_that_the_document_is_in_the_tray(self, stand: Stand) -> None:
        assert stand.printer.print("job-1", CERTIFICATE) == Printed()
        assert stand.came_out() == ["job-1"]

    def test_each_job_comes_out_once(self, stand: Stand) -> None:
        assert stand.printer.print("job-1", CERTIFICATE) == Printed()
        assert stand.printer.print("job-2", ONE_PAGE) == Printed()
        assert stand.came_out() == ["job-1", "job-2"]

    def test_a_job_printed_once_is_not_printed_by_a_retry(self, stand: Stand) -> None:
        assert stand.printer.print("job-1", ONE_PAGE) == stand.printer.print("job-1", ONE_PAGE) == Printed()
        stand.settle()
        assert stand.came_out() == ["job-1"]

    def test_a_job_printed_once_is_not_printed_by_a_retry_after_a_restart(self, stand: Stand) -> None:
        assert stand.printer.print("job-1", ONE_PAGE) == Printed()
        assert stand.another().print("job-1", ONE_PAGE) == Printed()
        stand.settle()
        assert stand.came_out() == ["job-1"]

    @STOPPING
    def test_a_job_that_a_fault_keeps_from_coming_is_told_and_does_not_come_later(
        self, stand: Stand, fault: str
    ) -> None:
        stand.break_down(fault)
        result = stand.printer.print("job-1", CERTIFICATE)
        assert isinstance(result, NotPrinted)
        assert result.health.code == f"document_printer.{fault}"
        stand.repair()
        stand.settle()
        assert stand.came_out() == []

    @STOPPING
    def test_after_the_repair_the_same_job_prints_once(self, stand: Stand, fault: str) -> None:
        stand.break_down(fault)
        assert isinstance(stand.printer.print("job-1", CERTIFICATE), NotPrinted)
        stand.repair()
        stand.settle()
        assert stand.printer.print("job-1", CERTIFICATE) == Printed()
        assert stand.came_out() == ["job-1"]

    def test_a_job_that_the_printer_throws_away_is_not_printed(self, stand: Stand) -> None:
        stand.break_down("aborts")
        result = stand.printer.print("job-1", CERTIFICATE)
        assert isinstance(result, NotPrinted)
        assert result.health.code == "document_printer.aborted"
        stand.repair()
        assert stand.printer.print("job-1", CERTIFICATE) == Printed()
        assert stand.came_out() == ["job-1"]

    def test_a_printer_that_forgets_its_jobs_leaves_nobody_knowing(self, stand: Stand) -> None:
        stand.break_down("forgets")
        result = stand.printer.print("job-1", CERTIFICATE)
        assert isinstance(result, CannotKnow)
        assert result.health.state is State.unknown
        stand.repair()
        assert stand.printer.print("job-1", CERTIFICATE) == result
        stand.settle()
        assert stand.came_out() == []

    def test_low_toner_prints_and_is_told(self, stand: Stand) -> None:
        stand.break_down("toner_low")
        assert stand.printer.print("job-1", ONE_PAGE) == Printed()
        health = stand.printer.health()
        assert (health.state, health.code) == (State.limited, "document_printer.toner_low")

    def test_a_printer_taken_away_is_absent_and_has_not_printed(self, stand: Stand) -> None:
        stand.break_down("unplugged")
        result = stand.printer.print("job-1", ONE_PAGE)
        assert isinstance(result, NotPrinted)
        assert result.health.state is State.absent
        loaded = stand.printer.loaded()
        assert isinstance(loaded, Health)

    def test_a_printer_put_back_prints_what_is_asked_anew_and_nothing_else(self, stand: Stand) -> None:
        stand.break_down("unplugged")
        assert isinstance(stand.printer.print("job-1", ONE_PAGE), NotPrinted)
        stand.repair()
        assert stand.printer.print("job-2", ONE_PAGE) == Printed()
        stand.settle()
        assert stand.came_out() == ["job-2"]

    def test_since_stays_while_the_printer_does(self, stand: Stand) -> None:
        well = stand.printer.health()
        assert stand.printer.health() == well

    def test_closing_twice_is_harmless(self, stand: Stand) -> None:
        stand.printer.close()
        stand.printer.close()
