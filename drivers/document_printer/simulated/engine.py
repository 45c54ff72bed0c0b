"""What is inside a simulated printer: jobs that wait, one that is printed page by page, paper that comes out."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.document_printer.operations import JobState
from drivers.document_printer.simulated.pages import pages_in

JOBS_KEPT: Final = 200
SHEETS_KEPT: Final = 100
_TICK_S: Final = 0.02

REASONS: Final = {
    "paper_end": "media-empty-error",
    "jam": "media-jam-error",
    "cover_open": "cover-open-error",
    "toner_empty": "toner-empty-error",
    "paused": "paused",
    "toner_low": "toner-low-warning",
    "paper_low": "media-low-warning",
}
"""Faults that the printer knows of, and how it calls them."""

STOPPING: Final = ("paper_end", "jam", "cover_open", "toner_empty", "paused")


@dataclass
class SimulatedJob:
    """One job from its taking to its end."""

    number: int
    name: str
    user: str
    pdf: bytes | None = None
    state: JobState = JobState.HELD
    reason: str = "job-incoming"
    pages: int = 0
    pages_out: int = 0
    called_off: bool = False
    counted: bool = False
    """Whether its paper has been put on record."""


@dataclass(frozen=True)
class Sheets:
    """What came out for one job: the pages, and the document where all of it came."""

    name: str
    pages: int
    pdf: bytes | None


@dataclass
class Engine:
    """Prints one job after the other. `lock` guards everything; `has` tells which faults there are now."""

    lock: threading.RLock
    has: Callable[[str], bool]
    page_s: float
    jobs: OrderedDict[int, SimulatedJob] = field(default_factory=OrderedDict)
    tray: list[Sheets] = field(default_factory=list)
    """Whole documents, oldest first; torn ones are in `scraps`."""
    scraps: list[Sheets] = field(default_factory=list)
    out_of_paper: bool = False
    """Set where the paper ended in the middle of a job."""

    def __post_init__(self) -> None:
        self.news = threading.Condition(self.lock)
        self._next_number = 1
        self._ending = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Switch on."""
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="simulated document printer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Switch off."""
        with self.lock:
            self._ending = True
            self.news.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def take(self, name: str, user: str, pdf: bytes | None) -> SimulatedJob:
        """A new job; without a document it waits for one."""
        with self.lock:
            job = SimulatedJob(self._next_number, name, user)
            self._next_number += 1
            self.jobs[job.number] = job
            while len(self.jobs) > JOBS_KEPT:
                self.jobs.popitem(last=False)
            if pdf is not None:
                self.load(job, pdf)
            return job

    def load(self, job: SimulatedJob, pdf: bytes) -> None:
        """The document of a job has arrived."""
        with self.lock:
            job.pdf, job.pages = pdf, pages_in(pdf)
            job.state, job.reason = JobState.PENDING, "none"
            self.news.notify_all()

    def call_off(self, job: SimulatedJob) -> bool:
        """Take a job back; a page on its way is finished first. False where it is through already."""
        with self.lock:
            if job.state.final:
                return False
            if job.state is JobState.PROCESSING and not self._stopped():
                job.called_off, job.reason = True, "processing-to-stop-point"
            else:
                self._end(job, JobState.CANCELED, "job-canceled-by-user")
            self.news.notify_all()
            return True

    def forget(self) -> None:
        """The power fails for a moment: the jobs are gone, the paper stays."""
        with self.lock:
            for job in self.jobs.values():
                self._record(job)
            self.jobs.clear()

    def clear(self) -> None:
        """A person comes: paper in, jam out, cover closed, printer started."""
        with self.lock:
            self.out_of_paper = False
            self.news.notify_all()

    def state(self) -> int:
        """printer-state: 3 idle, 4 processing, 5 stopped."""
        with self.lock:
            if self._stopped():
                return 5
            return 4 if any(job.state is JobState.PROCESSING for job in self.jobs.values()) else 3

    def reasons(self) -> tuple[str, ...]:
        """printer-state-reasons."""
        with self.lock:
            found = tuple(reason for fault, reason in REASONS.items() if self._is(fault))
            return found or ("none",)

    def _is(self, fault: str) -> bool:
        return self.has(fault) or (fault == "paper_end" and self.out_of_paper)

    def _stopped(self) -> bool:
        return any(self._is(fault) for fault in STOPPING)

    def _run(self) -> None:
        with self.lock:
            while not self._ending:
                job = next((job for job in self.jobs.values() if job.pdf is not None and not job.state.final), None)
                if job is None:
                    self.news.wait(1.0)
                elif self._stopped() or self.has("stuck"):
                    if job.state is JobState.PROCESSING and self._stopped():
                        job.state, job.reason = JobState.STOPPED, "printer-stopped"
                    self.news.wait(_TICK_S)
                else:
                    self._print_on(job)

    def _print_on(self, job: SimulatedJob) -> None:
        """One page of this job, or its end."""
        job.state, job.reason = JobState.PROCESSING, job.reason if job.called_off else "job-printing"
        if job.pages_out < job.pages and not job.called_off:
            half = job.pages_out >= job.pages // 2
            self._wait(self.page_s)
            if self.has("forgets"):
                self.forget()
            elif self.has("aborts") and half:
                self._end(job, JobState.ABORTED, "aborted-by-system")
            elif self.has("paper_end_midway") and half:
                self.out_of_paper = True
            elif not (self._stopped() or self._ending or job.called_off or job.state.final):
                job.pages_out += 1
            return
        if job.pages_out >= job.pages:
            self._record(job)
        if job.called_off:
            self._end(job, JobState.CANCELED, "job-canceled-by-user")
        elif self.has("late"):
            self.news.wait(_TICK_S)
        else:
            self._end(job, JobState.COMPLETED, "job-completed-successfully")

    def _end(self, job: SimulatedJob, state: JobState, reason: str) -> None:
        job.state, job.reason = state, reason
        self._record(job)
        self.news.notify_all()

    def _record(self, job: SimulatedJob) -> None:
        if job.counted or job.pages_out == 0:
            return
        job.counted = True
        whole = job.pages_out >= job.pages
        place = self.tray if whole else self.scraps
        place.append(Sheets(job.name, job.pages_out, job.pdf if whole else None))
        del place[:-SHEETS_KEPT]

    def _wait(self, seconds: float) -> None:
        """So long, whatever news there are, unless it is switched off."""
        end = time.monotonic() + seconds
        while not self._ending and (left := end - time.monotonic()) > 0:
            self.news.wait(left)
