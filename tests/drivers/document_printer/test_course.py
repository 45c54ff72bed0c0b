"""Where a job is, told from what a queue and the printer behind it say of it: every order in which they may say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest

from drivers.document_printer.course import Before, Course, Ended, Going, Gone, HandedOver, Lost, Out, Sight
from drivers.document_printer.operations import Job, JobState, Standing
from drivers.document_printer.port import Loaded
from drivers.document_printer.talk import Talk

NAME = "job-1"


def job(number: int, state: JobState, *, pages_out: int | None = None, pages: int | None = None) -> Job:
    return Job(number, NAME, state, leaving=False, pages_out=pages_out, pages=pages)


@dataclass
class Told:
    """A talk in which these jobs are told of, and which remembers what was called off."""

    jobs: tuple[Job, ...] = ()
    busy: bool = False
    called_off: list[int] = field(default_factory=list)

    def standing(self) -> Standing:
        return Standing(frozenset(), frozenset(), self.busy, Loaded((), ()), None)

    def named(self, name: str, *, ended: bool = True) -> tuple[Job, ...]:
        return tuple(each for each in self.jobs if each.name == name and (ended or not each.state.final))

    def job(self, number: int) -> Job | None:
        return next((each for each in self.jobs if each.number == number), None)

    def cancel(self, number: int) -> bool:
        self.called_off.append(number)
        return True


def course(
    queue: Told, device: Told | None, *, number: int | None = 1, before: Before | None = None, mute: bool = False
) -> Course:
    return Course(
        NAME, cast(Talk, queue), number, None if device is None else cast(Talk, device), before or Before(), mute
    )


DONE, STOPPED, OFF, PRINTING = JobState.COMPLETED, JobState.ABORTED, JobState.CANCELED, JobState.PROCESSING


@pytest.mark.parametrize(
    ("queue", "device", "sight"),
    [
        pytest.param([PRINTING], [], Going(), id="the queue has it, the printer not yet"),
        pytest.param([PRINTING], [PRINTING], Going(), id="both have it"),
        pytest.param([PRINTING], [DONE], Out(), id="out before the queue knows"),
        pytest.param([DONE], [PRINTING], Going(), id="handed over and being printed"),
        pytest.param([DONE], [DONE], Out(), id="out"),
        pytest.param([DONE], [], Lost(), id="handed over and unknown to the printer"),
        pytest.param([DONE], [STOPPED], Ended(doubtful=False), id="the printer gave it up"),
        pytest.param([OFF], [], Ended(doubtful=False), id="called off before it was handed over"),
        pytest.param([], [], Gone(), id="nobody knows it"),
        pytest.param([], [DONE], Out(), id="the queue has forgotten it and it is out"),
    ],
)
def test_the_printers_word_counts(queue: list[JobState], device: list[JobState], sight: Sight) -> None:
    told = Told(tuple(job(1, each) for each in queue)), Told(tuple(job(7, each) for each in device))
    assert course(*told).sight() == sight


def test_a_job_called_off_while_the_queue_is_still_sending_may_yet_come_out() -> None:
    queue, device = Told((job(1, OFF),), busy=True), Told()
    underway = course(queue, device)
    assert underway.sight() == Going()
    queue.busy = False
    assert underway.sight() == Ended(doubtful=False)


def test_a_job_that_the_printer_knew_and_forgot_is_lost() -> None:
    queue, device = Told((job(1, PRINTING),)), Told((job(7, PRINTING),))
    underway = course(queue, device)
    assert underway.sight() == Going()
    queue.jobs, device.jobs = (job(1, STOPPED),), ()
    assert underway.sight() == Lost()


def test_earlier_tries_say_nothing_about_this_one() -> None:
    before = Before(queue=frozenset({1}), device=frozenset({7}))
    queue, device = Told((job(1, STOPPED), job(2, PRINTING))), Told((job(7, DONE),))
    assert course(queue, device, number=2, before=before).sight() == Going()
    cut = course(queue, device, number=None, before=before)
    assert cut.find()
    assert cut.number == 2
    assert not course(Told((job(1, DONE),)), device, number=None, before=before).find()


@pytest.mark.parametrize(
    ("pages_out", "pages", "doubtful"),
    [(None, None, False), (0, 2, False), (1, 2, False), (2, 2, True), (1, None, True)],
)
def test_a_job_that_ended_early_is_doubtful_where_all_its_pages_may_be_out(
    pages_out: int | None, pages: int | None, doubtful: bool
) -> None:
    printer = Told((job(1, STOPPED, pages_out=pages_out, pages=pages),))
    assert course(printer, None).sight() == Ended(doubtful=doubtful)


def test_a_printer_without_a_queue_is_its_own_word() -> None:
    assert course(Told((job(1, PRINTING, pages_out=1),)), None).sight() == Going(1)
    assert course(Told(), None).sight() == Gone()


@pytest.mark.parametrize(
    ("jobs", "sight"), [((), Gone()), ((job(1, PRINTING),), Going()), ((job(1, DONE),), HandedOver())]
)
def test_of_what_stands_mute_behind_a_queue_only_the_handing_over_is_known(jobs: tuple[Job, ...], sight: Sight) -> None:
    assert course(Told(jobs), None, mute=True).sight() == sight


def test_calling_off_asks_everybody_who_still_has_it() -> None:
    queue, device = Told((job(1, PRINTING),)), Told((job(7, DONE), job(8, PRINTING)))
    assert course(queue, device).call_off()
    assert (queue.called_off, device.called_off) == ([1], [8])
    assert not course(Told(), None, number=None).call_off()


def test_after_it_came_out_its_doubles_are_called_off() -> None:
    queue, device = Told((job(1, DONE), job(2, PRINTING))), Told((job(7, DONE),))
    course(queue, device).call_off_doubles()
    assert (queue.called_off, device.called_off) == ([2], [])
