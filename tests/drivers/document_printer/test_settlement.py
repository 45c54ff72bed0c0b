"""What is said of a job when something goes wrong between its sending and its paper."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from drivers.document_printer.address import address_of
from drivers.document_printer.operations import Job, JobState
from drivers.document_printer.port import Document
from drivers.document_printer.post import Post
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.talk import Talk
from drivers.health import State
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from drivers.trouble import WrongState
from tests.drivers.document_printer.papers import CERTIFICATE, ONE_PAGE, pdf_of
from tests.drivers.document_printer.simulated_stand import SimulatedStand, simulated_stand


@pytest.fixture
def stand() -> Iterator[SimulatedStand]:
    with simulated_stand() as stand:
        yield stand


def when_printing(stand: SimulatedStand, act: str, name: str = "") -> threading.Thread:
    """Somebody does something to the device or the driver as soon as a job is being printed."""

    def wait_and_act() -> None:
        device = stand.device
        with device.lock:
            assert device.engine.news.wait_for(lambda: any(job.pdf for job in device.engine.jobs.values()), 10)
        if act == "cancel":
            stand.printer.cancel()
        elif act == "clear":
            device.clear()
        else:
            device.fault(name)

    helper = threading.Thread(target=wait_and_act)
    helper.start()
    return helper


def code(result: PrintResult) -> str:
    assert isinstance(result, (NotPrinted, CannotKnow))
    return result.health.code.removeprefix("document_printer.")


def test_a_job_whose_connection_was_cut_after_sending_is_found_by_name_and_not_sent_twice(
    stand: SimulatedStand,
) -> None:
    stand.device.fail_next("cut")
    assert stand.printer.print("job-1", CERTIFICATE) == Printed()
    assert stand.came_out() == ["job-1"]
    assert stand.device.operations == 1


def test_a_job_cut_off_before_it_had_all_arrived_is_not_printed_and_may_be_sent_again(stand: SimulatedStand) -> None:
    more_than_buffers_hold = Document(pdf_of(1) + b"%" * 16_000_000)
    stand.device.fail_next("cut_early")
    result = stand.printer.print("job-1", more_than_buffers_hold)
    assert isinstance(result, NotPrinted)
    assert code(result) == "silent"
    stand.repair()
    assert stand.printer.print("job-1", ONE_PAGE) == Printed()
    stand.settle()
    assert stand.came_out() == ["job-1"]


def test_a_small_job_cut_off_early_may_have_arrived_for_all_we_know(stand: SimulatedStand) -> None:
    stand.device.fail_next("cut_early")
    assert code(stand.printer.print("job-1", ONE_PAGE)) == "not_settled"


def test_a_job_cut_and_unknown_afterwards_is_never_sent_again(stand: SimulatedStand) -> None:
    stand.device.fault("cut", "forgets")
    result = stand.printer.print("job-1", ONE_PAGE)
    assert isinstance(result, CannotKnow)
    stand.repair()
    assert stand.printer.print("job-1", ONE_PAGE) == result
    stand.settle()
    assert stand.device.operations == 1


def test_a_printer_that_falls_silent_at_the_job_leaves_nobody_knowing(stand: SimulatedStand) -> None:
    stand.device.fail_next("silent")
    result = stand.printer.print("job-1", ONE_PAGE)
    assert isinstance(result, CannotKnow)
    assert (code(result), result.health.state) == ("silent", State.unknown)


def test_a_job_refused_at_the_door_is_not_printed(stand: SimulatedStand) -> None:
    stand.device.fail_next("refuses")
    assert code(stand.printer.print("job-1", ONE_PAGE)) == "refuses"
    stand.repair()
    assert stand.printer.print("job-1", ONE_PAGE) == Printed()
    assert stand.came_out() == ["job-1"]


def test_a_printer_that_takes_no_jobs_says_so_in_its_health(stand: SimulatedStand) -> None:
    stand.break_down("refuses")
    assert stand.printer.health().code == "document_printer.refuses"
    assert isinstance(stand.printer.print("job-1", ONE_PAGE), NotPrinted)
    assert stand.device.operations == 0


def test_late_word_within_the_deadline_is_waited_for(stand: SimulatedStand) -> None:
    stand.break_down("late")
    helper = when_printing(stand, "clear")
    assert stand.printer.print("job-1", CERTIFICATE) == Printed()
    helper.join()
    assert stand.came_out() == ["job-1"]


def test_paper_that_is_out_while_the_printer_never_says_so_is_not_known_and_not_repeated(
    stand: SimulatedStand,
) -> None:
    stand.break_down("late")
    printer = stand.another(settle_s=0.5)
    result = printer.print("job-1", CERTIFICATE)
    assert isinstance(result, CannotKnow)
    assert code(result) == "not_settled"
    stand.repair()
    assert printer.print("job-1", CERTIFICATE) == result
    stand.settle()
    assert stand.came_out() == ["job-1"]


def test_the_second_copy_of_a_job_taken_twice_is_called_off() -> None:
    with simulated_stand(page_s=0.3) as stand:
        stand.device.fail_next("doubled")
        assert stand.printer.print("job-1", CERTIFICATE) == Printed()
        stand.settle()
        assert stand.came_out() == ["job-1"]


def test_a_job_that_never_moves_is_called_off_in_time(stand: SimulatedStand) -> None:
    stand.break_down("stuck")
    printer = stand.another(settle_s=0.5)
    assert code(printer.print("job-1", ONE_PAGE)) == "not_settled"
    stand.repair()
    stand.settle()
    assert stand.came_out() == []


def test_a_job_that_stopped_in_its_middle_does_not_go_on_with_new_paper(stand: SimulatedStand) -> None:
    stand.break_down("paper_end_midway")
    result = stand.printer.print("job-1", CERTIFICATE)
    assert isinstance(result, NotPrinted)
    assert code(result) == "paper_end"
    stand.repair()
    stand.settle()
    assert stand.came_out() == []
    assert [scrap["pages"] for scrap in stand.device.paper()["scraps"]] == [1]
    assert stand.printer.print("job-1", CERTIFICATE) == Printed()
    assert stand.came_out() == ["job-1"]


def test_paper_put_in_within_the_patience_lets_the_job_go_on(stand: SimulatedStand) -> None:
    printer = stand.another(patience_s=8.0)
    stand.break_down("stuck")
    helper = when_printing(stand, "fault", "paper_end")

    def put_paper_in() -> None:
        helper.join()
        stand.repair()

    second = threading.Thread(target=put_paper_in)
    second.start()
    assert printer.print("job-1", CERTIFICATE) == Printed()
    second.join()


def test_whoever_waits_can_call_it_off(stand: SimulatedStand) -> None:
    stand.break_down("stuck")
    helper = when_printing(stand, "cancel")
    result = stand.printer.print("job-1", ONE_PAGE)
    helper.join()
    assert isinstance(result, NotPrinted)
    assert code(result) == "cancelled"
    stand.repair()
    stand.settle()
    assert stand.came_out() == []


def test_calling_off_what_the_printer_does_not_let_go_is_not_known() -> None:
    with simulated_stand(page_s=3.0, cancel_s=0.2) as stand:
        helper = when_printing(stand, "cancel")
        result = stand.printer.print("job-1", ONE_PAGE)
        helper.join()
        assert isinstance(result, CannotKnow)
        assert code(result) == "not_settled"


def test_a_printer_pulled_while_it_prints_leaves_nobody_knowing_until_it_is_asked_again(
    stand: SimulatedStand,
) -> None:
    stand.break_down("stuck")
    helper = when_printing(stand, "fault", "unplugged")
    printer = stand.another(cancel_s=0.3)
    result = printer.print("job-1", ONE_PAGE)
    helper.join()
    assert isinstance(result, CannotKnow)
    assert result.health.state is State.absent
    stand.repair()
    stand.settle()
    assert stand.came_out() == ["job-1"], "the printer itself had power and went on"
    assert printer.print("job-1", ONE_PAGE) == result
    assert stand.another().print("job-1", ONE_PAGE) == Printed(), "after a restart it is found by its name"
    assert stand.came_out() == ["job-1"]


def test_a_job_still_under_way_after_a_restart_is_followed_and_not_sent_again(stand: SimulatedStand) -> None:
    stand.break_down("stuck")
    talk = Talk(Post(address_of(stand.link), answer_s=1.0, certificate=None))
    talk.submit("job-1", CERTIFICATE, 1.0)
    talk.post.close()
    stand.repair()
    assert stand.another().print("job-1", CERTIFICATE) == Printed()
    assert stand.came_out() == ["job-1"]
    assert stand.device.operations == 1


def test_rubbish_on_the_line_is_silence(stand: SimulatedStand) -> None:
    stand.device.quality = 0.0
    health = stand.printer.health()
    assert (health.state, health.code) == (State.unknown, "document_printer.silent")
    result = stand.printer.print("job-1", ONE_PAGE)
    assert isinstance(result, NotPrinted)
    assert stand.device.operations == 0


def test_answers_that_take_their_time_are_waited_for(stand: SimulatedStand) -> None:
    stand.device.delay_s = 0.2
    assert stand.printer.print("job-1", ONE_PAGE) == Printed()


def test_a_printer_slower_than_its_deadline_is_silent(stand: SimulatedStand) -> None:
    stand.device.delay_s = 5.0
    assert stand.printer.health().state is State.unknown


@pytest.mark.parametrize("job", ["", "x" * 121, "作业", "a\nb"])
def test_a_jobs_id_must_survive_its_way_through_a_printer(stand: SimulatedStand, job: str) -> None:
    with pytest.raises(ValueError, match="job's id"):
        stand.printer.print(job, ONE_PAGE)


def test_a_closed_printer_is_not_asked(stand: SimulatedStand) -> None:
    stand.printer.close()
    with pytest.raises(WrongState):
        stand.printer.health()
    with pytest.raises(WrongState):
        stand.printer.loaded()
    with pytest.raises(WrongState):
        stand.printer.print("job-1", ONE_PAGE)
    stand.printer.open()
    stand.printer.open()
    assert stand.printer.health().state is State.ready


@pytest.mark.parametrize(
    ("out", "pages", "doubtful"), [(None, None, False), (0, 1, False), (1, 2, False), (2, 2, True), (1, None, True)]
)
def test_a_job_ended_early_with_all_its_pages_out_is_in_doubt(
    out: int | None, pages: int | None, doubtful: bool
) -> None:
    assert Job(1, "job-1", JobState.ABORTED, leaving=False, pages_out=out, pages=pages).doubtful is doubtful


# Every fault and every situation of the simulator, with a retry after the repair: the word and the paper agree.
HAPPENINGS = (*SimulatedDocumentPrinter.fault_titles(), *SimulatedDocumentPrinter.situations)


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_whatever_happens_no_word_is_false_and_no_document_comes_twice(happening: str) -> None:
    with simulated_stand(page_s=0.1, answer_s=0.6, send_s=0.6, settle_s=1.0, cancel_s=0.6) as stand:
        if happening in stand.device.situations:
            stand.device.happen(happening)
        else:
            stand.device.fault(happening)
        words = {job: stand.printer.print(job, CERTIFICATE) for job in ("job-1", "job-2", "job-3")}
        stand.repair()
        stand.settle()
        for job, word in words.items():
            came = stand.came_out().count(job)
            assert came <= 1
            assert came == 1 or not isinstance(word, Printed), f"{job} was told printed"
            assert came == 0 or not isinstance(word, NotPrinted), f"{job} was told not printed"
        for job, word in words.items():
            again = stand.printer.print(job, CERTIFICATE)
            assert again == (Printed() if isinstance(word, NotPrinted) else word)
        stand.settle()
        assert all(stand.came_out().count(job) <= 1 for job in words)
