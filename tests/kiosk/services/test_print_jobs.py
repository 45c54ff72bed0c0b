"""A slip is known to the printer's driver by one name until it surely came out, and every call ends in time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drivers.health import Cause, Health, State
from drivers.link import SerialLink
from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.port import Line, Slip
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from drivers.simulation import Simulation
from kiosk.doors import Err, Late, ManualDoor
from kiosk.journey.acts import Act, PrintSettled
from kiosk.journey.claim import ClaimView, Stage
from kiosk.journey.effects import PrintSlip
from kiosk.journey.screens import Paper
from kiosk.services.print_service import PrintService, settling_within
from kiosk.services.roles import Maker, Slot
from kiosk.services.slip_seals import SlipSeals
from kiosk.settings import DeviceSetting, Settings
from kiosk.slips import Place
from offline.wire.claims import new_code
from offline.wire.signing import new_signing_key
from tests.words import WORDS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ILL = Health(State.failed, Cause.environment, "p", "receipt_printer.paper_end.resident", "", NOW)
SETTING = DeviceSetting("receipt_printer", "receipt_printer", None, "played")
CLAIM = ClaimView(item_name="养老待遇资格认证", stage=Stage.KEPT, event_id="E1", claim_code=new_code())


class PlayedPrinter:
    """Says what it is told to say, and remembers under which names it was asked."""

    def __init__(self) -> None:
        self.says: deque[PrintResult] = deque()
        self.jobs: list[str] = []
        self.copies: list[bool] = []

    def open(self) -> None:
        pass

    def print(self, job: str, slip: Slip) -> PrintResult:
        self.jobs.append(job)
        self.copies.append(any(isinstance(each, Line) and "补打" in each.text for each in slip))
        return self.says.popleft() if self.says else Printed()

    def close(self) -> None:
        pass


class Counter:
    """A print service over a played printer."""

    def __init__(self) -> None:
        self.printer, self.door, self.told = PlayedPrinter(), ManualDoor(), list[Act]()
        slot = Slot("receipt_printer", SETTING, self.door, changed=lambda *_: None, make=lambda _: self.printer)
        place = Place("终端", "示例村", "http://127.0.0.1:9", "12345")
        self.service = PrintService(
            slot,
            self.told.append,
            lambda *_: None,
            lambda: place,
            WORDS,
            seal=SlipSeals(new_signing_key()).seal,
            now=lambda: NOW,
            clock_sure=lambda: True,
            deadline_s=25,
        )

    def print(self, copy: int, *, session: int = 1) -> Paper:
        self.service.print(PrintSlip(session, CLAIM, None, copy=copy))
        self.door.turn_all()
        settled = self.told[-1]
        assert isinstance(settled, PrintSettled)
        return settled.paper


@pytest.mark.parametrize("first", [NotPrinted(ILL), CannotKnow(ILL)], ids=("not printed", "nobody knows"))
def test_a_slip_that_did_not_surely_come_out_is_asked_for_under_its_old_name(first: PrintResult) -> None:
    counter = Counter()
    counter.printer.says.extend((first, first))
    assert [counter.print(copy) for copy in (1, 2, 3)][-1] is Paper.PRINTED
    assert len(set(counter.printer.jobs)) == 1
    assert counter.printer.copies == [False, False, False], "the first slip to come out is no copy"


def test_a_copy_wanted_after_a_printed_slip_is_a_new_job() -> None:
    counter = Counter()
    assert [counter.print(copy) for copy in (1, 2)] == [Paper.PRINTED, Paper.PRINTED]
    assert len(set(counter.printer.jobs)) == 2
    assert counter.printer.copies == [False, True]


def test_a_later_visit_does_not_inherit_the_doubt_of_an_earlier_one() -> None:
    counter = Counter()
    counter.printer.says.append(CannotKnow(ILL))
    assert counter.print(1) is Paper.UNKNOWN
    assert counter.print(1, session=2) is Paper.PRINTED
    assert len(set(counter.printer.jobs)) == 2


class HungLink:
    """A printer that says it is well and never works anything off; waiting costs time on the test's clock only."""

    def __init__(self) -> None:
        self.time = 0.0
        self.answers = b""

    def read(self, limit: int, timeout_s: float) -> bytes:
        if not self.answers:
            self.time += timeout_s
        answer, self.answers = self.answers[:limit], self.answers[limit:]
        return answer

    def write(self, data: bytes) -> None:
        if data[:2] == b"\x10\x04":  # DLE EOT
            self.answers += b"\x12"

    def close(self) -> None:
        pass


def test_a_call_ends_before_its_deadline_even_after_a_given_up_job(tmp_path: Path) -> None:
    deadline_s = Settings({"terminal.state_dir": str(tmp_path)}, {}).number("slip.deadline_s")
    options: dict[str, Any] = dict(settling_within(SETTING, deadline_s).options)
    link = HungLink()
    printer = EscposPrinter("played", connect=lambda _: link, monotonic=lambda: link.time, **options)
    printer.open()
    spent = []
    for job in ("one", "two"):
        begun = link.time
        assert not isinstance(printer.print(job, (Line("凭条"),)), Printed)
        spent.append(link.time - begun)
    assert max(spent) > 1, "it did wait"
    assert max(spent) < deadline_s


def test_a_time_set_by_the_technician_stands() -> None:
    setting = DeviceSetting("receipt_printer", "receipt_printer", None, "played", {"settle_s": 3.0})
    assert settling_within(setting, 25.0).options["settle_s"] == 3.0


class CutOff(Exception):
    """The thread of a driver came to grief in the middle of a job."""


@pytest.fixture
def simulated() -> Iterator[SimulatedReceiptPrinter]:
    device = SimulatedReceiptPrinter()
    with Simulation(device).start():
        yield device


class PaperDesk:
    """A print service over the real driver and a simulated printer, whose link can be made to fail."""

    def __init__(self, device: SimulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch) -> None:
        self.device, self.door, self.told, self.made = device, ManualDoor(), list[Act](), list[Any]()
        self.cut_off_at: bytes | None = None
        setting = DeviceSetting("receipt_printer", "receipt_printer", None, device.link, {"answer_s": 0.5})
        maker = Maker()

        def make(wanted: DeviceSetting) -> Any:
            self.made.append(maker(wanted))
            return self.made[-1]

        write = SerialLink.write

        def failing(link: SerialLink, data: bytes) -> None:
            write(link, data)
            if self.cut_off_at is not None and self.cut_off_at in data:
                self.cut_off_at = None
                raise CutOff

        monkeypatch.setattr(SerialLink, "write", failing)
        slot = Slot("receipt_printer", setting, self.door, changed=lambda *_: None, make=make)
        place = Place("终端", "示例村", "http://127.0.0.1:9", "12345")
        self.service = PrintService(
            slot,
            self.told.append,
            lambda *_: None,
            lambda: place,
            WORDS,
            seal=SlipSeals(new_signing_key()).seal,
            now=lambda: NOW,
            clock_sure=lambda: True,
            deadline_s=25,
        )

    def print(self, copy: int, *, late: bool = False) -> Paper:
        self.service.print(PrintSlip(1, CLAIM, None, copy=copy))
        if late:
            work, then = self.door.waiting.popleft()
            then(Err(Late()))
            work()  # the hung call ends after all, and nobody hears it
        self.door.turn_all()
        settled = self.told[-1]
        assert isinstance(settled, PrintSettled)
        return settled.paper

    def slips(self) -> int:
        return sum(ticket["cut"] and bool(ticket["text"]) for ticket in self.device.paper()["tickets"])


def test_a_driver_dropped_in_the_middle_of_a_job_does_not_make_its_retry_print_twice(
    simulated: SimulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = PaperDesk(simulated, monkeypatch)
    desk.cut_off_at = b"\x1d\x56\x42"
    assert desk.print(1) is Paper.UNKNOWN, "all of it was on its way"
    assert desk.print(2) in (Paper.PRINTED, Paper.UNKNOWN)
    assert desk.slips() == 1
    assert len(desk.made) == 2, "it was another driver that was asked"


def test_a_job_cut_off_before_its_end_is_never_begun_again_by_another_driver(
    simulated: SimulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = PaperDesk(simulated, monkeypatch)
    desk.cut_off_at = b"\x1b\x40"
    assert desk.print(1) is Paper.UNKNOWN
    assert desk.print(2) is Paper.UNKNOWN
    assert desk.print(3) is Paper.UNKNOWN
    assert desk.slips() == 0


def test_a_hung_call_that_printed_after_all_does_not_make_its_retry_print_twice(
    simulated: SimulatedReceiptPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = PaperDesk(simulated, monkeypatch)
    assert desk.print(1, late=True) is Paper.UNKNOWN
    assert desk.slips() == 1
    assert desk.print(2) is Paper.PRINTED
    assert desk.slips() == 1
