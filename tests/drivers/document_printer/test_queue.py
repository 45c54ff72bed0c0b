"""A queue in front of the printer: whose word counts, and what is said where the two disagree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from drivers.document_printer.ipp import IppPrinter
from drivers.document_printer.message import Message, encode
from drivers.document_printer.operations import JobState, Operation, job_of
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from tests.drivers.document_printer.papers import ONE_PAGE
from tests.drivers.document_printer.puppet import Puppet, job_group, listening, printer_group
from tests.drivers.document_printer.simulated_stand import QUICK


@dataclass
class Office:
    """A queue and the printer behind it, both on strings; what the queue takes does not reach the printer by itself."""

    queue: Puppet
    device: Puppet
    printer: IppPrinter


@pytest.fixture
def office() -> Iterator[Office]:
    queue, device = Puppet(), Puppet()
    with ExitStack() as ends:
        behind = ends.enter_context(listening(device.respond))
        queue.printer = printer_group(device_uri=f"{behind}?waitjob=false")
        printer = IppPrinter(
            ends.enter_context(listening(queue.respond)), **(QUICK | {"cancel_s": 0.3, "settle_s": 1.0})
        )
        printer.open()
        ends.callback(printer.close)
        yield Office(queue, device, printer)


def code(result: PrintResult) -> str:
    assert isinstance(result, (NotPrinted, CannotKnow))
    return result.health.code.removeprefix("document_printer.")


def test_completed_is_believed_of_the_printer(office: Office) -> None:
    office.device.jobs = {}
    office.queue.taken = JobState.COMPLETED
    office.device.name = "job-1"

    original = office.queue.respond

    def hand_over(body: bytes) -> bytes:
        answer = original(body)
        if office.queue.asked[-1] == Operation.PRINT_JOB:
            office.device.jobs = {7: JobState.COMPLETED}
        return answer

    with listening(hand_over) as link:
        printer = IppPrinter(link, **QUICK)
        printer.open()
        assert printer.print("job-1", ONE_PAGE) == Printed()
        printer.close()


def test_completed_of_a_queue_whose_printer_has_never_heard_of_the_job_is_not_believed(office: Office) -> None:
    result = office.printer.print("job-1", ONE_PAGE)
    assert isinstance(result, CannotKnow)
    assert code(result) == "lost"


@pytest.mark.parametrize(
    ("queue", "device", "expected"),
    [
        (JobState.CANCELED, None, "fresh"),
        (JobState.COMPLETED, JobState.COMPLETED, "printed"),
        (JobState.CANCELED, JobState.COMPLETED, "printed"),
        (JobState.COMPLETED, None, "lost"),
        (JobState.COMPLETED, JobState.ABORTED, "fresh"),
    ],
)
def test_what_was_there_before_a_restart_decides_whether_the_job_is_sent(
    office: Office, queue: JobState, device: JobState | None, expected: str
) -> None:
    office.queue.jobs = {1: queue}
    office.device.jobs = {} if device is None else {4: device}
    office.queue.taken = JobState.ABORTED
    result = office.printer.print("job-1", ONE_PAGE)
    sent = Operation.PRINT_JOB in office.queue.asked
    assert sent is (expected == "fresh")
    if expected == "printed":
        assert result == Printed()
    elif expected == "lost":
        assert isinstance(result, CannotKnow)
    else:
        assert isinstance(result, NotPrinted)


def test_a_job_still_at_the_printer_after_a_restart_is_followed_there(office: Office) -> None:
    office.device.jobs = {4: JobState.PROCESSING}
    result = office.printer.print("job-1", ONE_PAGE)
    assert isinstance(result, NotPrinted), "called off after its deadline"
    assert Operation.PRINT_JOB not in office.queue.asked
    assert office.device.jobs == {4: JobState.CANCELED}


def test_a_job_thrown_away_by_the_queues_own_filters_is_not_printed(office: Office) -> None:
    office.queue.taken = JobState.ABORTED
    assert code(office.printer.print("job-1", ONE_PAGE)) == "aborted"


@pytest.mark.parametrize("tried", [False, True], ids=("nothing arrived yet", "one try came to nothing"))
def test_a_job_called_off_while_the_queue_still_talks_to_the_printer_is_not_known(office: Office, tried: bool) -> None:
    office.queue.taken = JobState.CANCELED
    behind = office.queue.printer.word("device-uri") or ""
    original = office.queue.respond

    def go_on_talking(body: bytes) -> bytes:
        if int.from_bytes(body[2:4], "big") == Operation.PRINT_JOB:
            office.queue.printer = printer_group(printer_state=4, device_uri=behind)
            office.device.jobs = {1: JobState.ABORTED} if tried else {}
        return original(body)

    with listening(go_on_talking) as link:
        printer = IppPrinter(link, **(QUICK | {"cancel_s": 0.3, "settle_s": 0.5}))
        printer.open()
        assert isinstance(printer.print("job-1", ONE_PAGE), CannotKnow)
        printer.close()


@pytest.mark.parametrize(
    ("queue", "device", "expected"),
    [
        ({"printer_state": 5, "printer_state_reasons": "paused"}, {}, "paused"),
        ({"printer_state_reasons": "media-jam-warning"}, {}, "ready"),
        ({"printer_is_accepting_jobs": False}, {}, "refuses"),
        ({}, {"printer_state": 5, "printer_state_reasons": "media-jam"}, "jam"),
        ({}, {"document_format_supported": "image/urf"}, "ready"),
    ],
)
def test_the_queue_is_asked_for_itself_and_the_printer_for_its_paper(
    office: Office, queue: dict[str, object], device: dict[str, object], expected: str
) -> None:
    behind = office.queue.printer.word("device-uri") or ""
    office.queue.printer = printer_group(device_uri=behind, **queue)  # type: ignore[arg-type]
    office.device.printer = printer_group(**device)  # type: ignore[arg-type]
    assert office.printer.health().code == f"document_printer.{expected}"


@pytest.mark.parametrize(
    "behind", ["usb://Maker/Model?serial=1", "socket://10.0.0.2:9100", "dnssd://Printer._ipp._tcp"]
)
def test_a_printer_that_cannot_be_asked_leaves_nobody_knowing(office: Office, behind: str) -> None:
    office.queue.printer = printer_group(device_uri=behind)
    assert code(CannotKnow(office.printer.health())) == "no_word"
    first = office.printer.print("job-1", ONE_PAGE)
    assert isinstance(first, CannotKnow)
    assert code(first) == "no_word"
    assert office.printer.print("job-1", ONE_PAGE) == first
    assert office.queue.asked.count(Operation.PRINT_JOB) == 1


def test_a_mute_printers_job_is_called_off_in_time_and_still_not_known(office: Office) -> None:
    office.queue.printer = printer_group(device_uri="usb://Maker/Model")
    office.queue.taken = JobState.HELD
    quick = IppPrinter(office.printer._url, **(QUICK | {"settle_s": 0.2}))
    quick.open()
    assert code(quick.print("job-1", ONE_PAGE)) == "no_word"
    assert office.queue.jobs == {1: JobState.CANCELED}
    assert isinstance(quick.print("job-1", ONE_PAGE), CannotKnow)
    quick.close()


def test_a_mute_printers_job_known_from_before_is_not_known_again(office: Office) -> None:
    office.queue.printer = printer_group(device_uri="usb://Maker/Model")
    office.queue.jobs = {1: JobState.COMPLETED}
    assert code(office.printer.print("job-1", ONE_PAGE)) == "no_word"
    assert Operation.PRINT_JOB not in office.queue.asked


def test_a_queue_behind_the_queue_is_nobodys_word(office: Office) -> None:
    office.device.printer = printer_group(device_uri="ipp://10.0.0.2/ipp/print")
    assert office.printer.health().code == "document_printer.no_word"


@pytest.mark.parametrize("status", [0x0400, 0x0504, 0x0507])
def test_a_refused_submission_is_looked_for_all_the_same(office: Office, status: int) -> None:
    office.queue.status = {Operation.PRINT_JOB: status}
    assert code(office.printer.print("job-1", ONE_PAGE)) == "refuses"
    assert office.queue.asked.count(Operation.GET_JOBS) >= 4


def test_a_refused_submission_that_cannot_be_looked_for_is_not_known(office: Office) -> None:
    original = office.queue.respond

    def refuse_from_then_on(body: bytes) -> bytes:
        if int.from_bytes(body[2:4], "big") == Operation.PRINT_JOB:
            office.queue.status = {Operation.PRINT_JOB: 0x0504, Operation.GET_JOBS: 0x0504}
        return original(body)

    with listening(refuse_from_then_on) as link:
        printer = IppPrinter(link, **QUICK)
        printer.open()
        assert isinstance(printer.print("job-1", ONE_PAGE), CannotKnow)
        printer.close()


def test_a_printer_that_lists_no_jobs_prints_none(office: Office) -> None:
    office.queue.status = {Operation.GET_JOBS: 0x0501}
    assert isinstance(office.printer.print("job-1", ONE_PAGE), NotPrinted)
    assert Operation.PRINT_JOB not in office.queue.asked


def test_a_job_the_printer_forgets_when_it_is_taken_back_is_not_printed() -> None:
    puppet = Puppet()
    puppet.taken = JobState.HELD
    original = puppet.respond

    def forgets(body: bytes) -> bytes:
        answer = original(body)
        if int.from_bytes(body[2:4], "big") == Operation.CANCEL_JOB:
            puppet.jobs.clear()
        return answer

    with listening(forgets) as link:
        printer = IppPrinter(link, **(QUICK | {"settle_s": 0.2}))
        printer.open()
        assert isinstance(printer.print("job-1", ONE_PAGE), NotPrinted)
        printer.close()


def test_a_job_group_without_number_or_state_is_no_job() -> None:
    whole = job_group(1, "job-1", JobState.PENDING)
    assert job_of(whole) is not None
    for missing in ("job-id", "job-state"):
        assert job_of(type(whole)(2, tuple(each for each in whole.attributes if each.name != missing))) is None


def test_a_job_that_is_out_stays_printed_where_its_doubles_cannot_be_asked_for() -> None:
    puppet = Puppet()
    original = puppet.respond

    def silent_afterwards(body: bytes) -> bytes | None:
        sent = Operation.PRINT_JOB in puppet.asked
        asked = int.from_bytes(body[2:4], "big")
        return None if sent and asked == Operation.GET_JOBS else original(body)

    with listening(silent_afterwards) as link:
        printer = IppPrinter(link, **QUICK)
        printer.open()
        assert printer.print("job-1", ONE_PAGE) == Printed()
        printer.close()


def test_a_submission_answered_without_a_job_is_looked_for_by_name() -> None:
    puppet = Puppet()
    original = puppet.respond

    def says_nothing_of_it(body: bytes) -> bytes:
        answer = original(body)
        if int.from_bytes(body[2:4], "big") == Operation.PRINT_JOB:
            return encode(Message(0, int.from_bytes(body[4:8], "big"), ()))
        return answer

    with listening(says_nothing_of_it) as link:
        printer = IppPrinter(link, **QUICK)
        printer.open()
        assert printer.print("job-1", ONE_PAGE) == Printed()
        assert puppet.jobs == {1: JobState.COMPLETED}
        printer.close()


@pytest.mark.parametrize("status", [0x0406, 0x0500])
def test_a_job_that_cannot_be_asked_for_after_it_was_taken_is_not_known(status: int) -> None:
    puppet = Puppet()
    puppet.status = {Operation.GET_JOB_ATTRIBUTES: status, Operation.CANCEL_JOB: 0x0404}
    with listening(puppet.respond) as link:
        printer = IppPrinter(link, **(QUICK | {"settle_s": 0.3, "cancel_s": 0.2, "look_s": 0.1}))
        printer.open()
        assert isinstance(printer.print("job-1", ONE_PAGE), CannotKnow)
        printer.close()
