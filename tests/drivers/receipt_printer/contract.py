"""What every driver of a receipt printer must do. A driver's tests subclass this and give the fixture `stand`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import pytest

from drivers.health import State
from drivers.receipt_printer.port import Line, ReceiptPrinter, Slip
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.settlement import NotPrinted, Printed
from tests.drivers.receipt_printer.slips import CODE, KEPT, KEPT_TEXT_80

OTHER: Slip = (Line("另一张"),)


class Stand(Protocol):
    """A printer on the table, opened, with somebody who can break it and put it right."""

    @property
    def printer(self) -> ReceiptPrinter: ...

    def break_down(self, fault: str) -> None: ...

    def repair(self) -> None: ...

    def slips(self) -> list[str]:
        """The text of each slip that was cut, oldest first, without empty lines."""

    def scraps(self) -> list[str]:
        """The text of each piece torn off by hand."""

    def happen(self, situation: str) -> None: ...

    def waiting_bytes(self) -> int:
        """What the printer has received and not yet worked off."""


LAST_LINE = "演示，不作为办事凭证"
KEEPS_WHAT_IT_HAS = ("deaf to purge", "silent midway", "the plug falls out")
STOPPING = pytest.mark.parametrize("fault", ["paper_end", "cover_open", "offline"])


class ReceiptPrinterContract:
    """Truth about the paper, whatever the driver."""

    kept_text = KEPT_TEXT_80
    """The slip KEPT as it must stand on this printer's paper."""
    codes: Mapping[str, str] = MappingProxyType({})
    """What this printer calls a fault that others call by its own name."""

    def test_a_well_printer_is_ready(self, stand: Stand) -> None:
        assert stand.printer.health().state is State.ready

    def test_printed_means_that_the_whole_slip_is_on_the_paper(self, stand: Stand) -> None:
        assert stand.printer.print("job-1", KEPT) == Printed()
        assert stand.slips() == [self.kept_text]

    def test_each_slip_is_a_piece_of_paper_of_its_own(self, stand: Stand) -> None:
        stand.printer.print("job-1", KEPT)
        stand.printer.print("job-2", OTHER)
        assert stand.slips() == [self.kept_text, "另一张"]

    @STOPPING
    def test_a_fault_before_printing_is_told(self, stand: Stand, fault: str) -> None:
        stand.break_down(fault)
        result = stand.printer.print("job-1", KEPT)
        assert isinstance(result, NotPrinted)
        assert result.health.state is State.failed
        assert result.health.code == f"receipt_printer.{self.codes.get(fault, fault)}"
        assert stand.printer.health() == result.health

    @STOPPING
    def test_a_slip_refused_by_a_fault_does_not_come_later(self, stand: Stand, fault: str) -> None:
        stand.break_down(fault)
        stand.printer.print("job-1", KEPT)
        stand.repair()
        assert stand.slips() == []

    @STOPPING
    def test_after_the_repair_the_same_job_prints_once(self, stand: Stand, fault: str) -> None:
        stand.break_down(fault)
        stand.printer.print("job-1", KEPT)
        stand.repair()
        assert stand.printer.print("job-1", KEPT) == Printed()
        assert stand.slips() == [self.kept_text]

    def test_paper_that_ends_midway_is_told(self, stand: Stand) -> None:
        stand.break_down("paper_end_midway")
        result = stand.printer.print("job-1", KEPT)
        assert isinstance(result, NotPrinted)
        assert result.health.code == "receipt_printer.paper_end"

    def test_the_rest_of_a_slip_does_not_come_out_of_the_new_roll(self, stand: Stand) -> None:
        stand.break_down("paper_end_midway")
        stand.printer.print("job-1", KEPT)
        stand.repair()
        assert stand.slips() == []
        assert [CODE in scrap for scrap in stand.scraps()] == [False]

    def test_a_slip_cut_off_by_the_end_of_the_paper_prints_whole_from_the_new_roll(self, stand: Stand) -> None:
        stand.break_down("paper_end_midway")
        stand.printer.print("job-1", KEPT)
        stand.repair()
        assert stand.printer.print("job-1", KEPT) == Printed()
        assert stand.slips() == [self.kept_text]

    def test_a_roll_near_its_end_prints_and_is_told(self, stand: Stand) -> None:
        stand.break_down("near_end")
        assert stand.printer.print("job-1", KEPT) == Printed()
        health = stand.printer.health()
        assert (health.state, health.code) == (State.limited, "receipt_printer.near_end")

    def test_silence_is_unknown_and_never_fine(self, stand: Stand) -> None:
        stand.break_down("silent")
        assert stand.printer.health().state is State.unknown
        assert isinstance(stand.printer.print("job-1", KEPT), NotPrinted)

    def test_a_job_printed_once_is_not_printed_by_a_retry(self, stand: Stand) -> None:
        first = stand.printer.print("job-1", KEPT)
        assert stand.printer.print("job-1", KEPT) == first == Printed()
        assert len(stand.slips()) == 1

    def test_a_printed_job_stays_printed_when_the_printer_fails_later(self, stand: Stand) -> None:
        stand.printer.print("job-1", KEPT)
        stand.break_down("paper_end")
        assert stand.printer.print("job-1", KEPT) == Printed()

    def test_a_printer_taken_away_is_absent_and_has_not_printed(self, stand: Stand) -> None:
        stand.break_down("unplugged")
        result = stand.printer.print("job-1", KEPT)
        assert isinstance(result, NotPrinted)
        assert result.health.state is State.absent

    def test_a_printer_put_back_prints(self, stand: Stand) -> None:
        stand.break_down("unplugged")
        assert stand.printer.health().state is State.absent
        stand.repair()
        assert stand.printer.print("job-1", KEPT) == Printed()

    def test_since_stays_while_the_printer_does(self, stand: Stand) -> None:
        well = stand.printer.health()
        assert stand.printer.health() == well
        stand.break_down("cover_open")
        ill = stand.printer.health()
        assert ill.since >= well.since
        assert stand.printer.health() == ill

    @pytest.mark.parametrize("situation", SimulatedReceiptPrinter.situations)
    def test_in_every_situation_the_truth_is_told_and_nothing_comes_twice(self, stand: Stand, situation: str) -> None:
        stand.happen(situation)
        first = stand.printer.print("job-1", KEPT)
        whole = [slip for slip in stand.slips() if LAST_LINE in slip]
        match first:
            case Printed():
                assert len(whole) == 1
            case NotPrinted(health):
                assert whole == []
                assert health.state not in (State.ready, State.limited)
                assert stand.waiting_bytes() == 0 or situation in KEEPS_WHAT_IT_HAS
        stand.repair()
        again = stand.printer.print("job-1", KEPT)
        whole = [slip for slip in stand.slips() if LAST_LINE in slip]
        assert len(whole) <= 1
        assert again == first or isinstance(first, NotPrinted)
        if isinstance(again, Printed):
            assert len(whole) == 1
        assert stand.printer.print("job-2", OTHER) == Printed()
        others = [slip for slip in stand.slips() if "另一张" in slip]
        assert others == ["另一张"], "the next resident's slip has nothing else on it"

    def test_closing_twice_is_harmless(self, stand: Stand) -> None:
        stand.printer.close()
        stand.printer.close()
