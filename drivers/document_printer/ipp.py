"""The driver for printers that speak IPP (RFC 8011), directly or behind a CUPS queue.

When is a document printed? When the printer itself says `completed` of the job: Print-Job is answered as soon as the
document has arrived, which proves nothing about paper. A job travels under its own id as job-name, so one whose
submission was cut is looked for by name before anything is said, and a retry, also after a restart, finds what is
there instead of sending it twice. A job that does not come out in time is called off, and the answer to that decides:
not printed, where the printer says it ended early; not knowable, where it does not say.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from drivers.diagnosis import Chart, utc_now
from drivers.document_printer.address import Address, address_behind, address_of
from drivers.document_printer.course import Before, Course, Ended, Going, Gone, HandedOver, Lost, Out
from drivers.document_printer.diagnosis import (
    ABORTED,
    ABSENT,
    CANCELLED,
    DIAGNOSIS,
    LOST,
    NO_PDF,
    NO_WORD,
    NOT_SETTLED,
    REFUSES,
    SILENT,
    stopping,
    worst,
)
from drivers.document_printer.operations import Job, JobState, Standing
from drivers.document_printer.port import JOB_CHARS_MAX, Document, Loaded
from drivers.document_printer.post import Cut, Declined, NotReached, Post, PostFailed
from drivers.document_printer.talk import Answered, Talk
from drivers.health import Health
from drivers.link import LinkRefused
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult, SettledJobs
from drivers.trouble import WrongState

_QUEUES_OWN: Final = frozenset(("paused", "stopped", REFUSES, NO_PDF))
"""What a CUPS queue knows better than the printer behind it; the rest it only repeats, and late."""
_PRINTERS_OWN_PDF: Final = frozenset((NO_PDF,))
"""What does not matter behind a queue, which converts."""
_BEFORE_TAKING: Final = frozenset((REFUSES, NO_PDF))
"""What stops no job that was taken already: small printers take no second one while they print."""


@dataclass(frozen=True)
class _View:
    """Everything known of the way to the paper at one moment."""

    queue: Standing
    device: Standing | None
    mute: bool

    @property
    def codes(self) -> frozenset[str]:
        if self.device is not None:
            return (self.queue.codes & _QUEUES_OWN) | (self.device.codes - _PRINTERS_OWN_PDF)
        return self.queue.codes | {NO_WORD} if self.mute else self.queue.codes

    @property
    def alarm(self) -> str | None:
        """What may keep a job from coming out, warnings counted; None where nothing is known to."""
        printer = self.queue.suspects if self.device is None else self.device.suspects
        code = worst((printer | (self.queue.codes & _QUEUES_OWN)) - _BEFORE_TAKING)
        return code if stopping(code) else None

    @property
    def loaded(self) -> Loaded:
        return self.queue.loaded if self.device is None else self.device.loaded


class IppPrinter:
    """A DocumentPrinter that speaks IPP. It belongs behind one door; only `cancel` may come from another thread."""

    def __init__(
        self,
        link_url: str,
        *,
        certificate: str | Path | None = None,
        answer_s: float = 5.0,
        send_s: float = 60.0,
        settle_s: float = 180.0,
        patience_s: float = 30.0,
        look_s: float = 5.0,
        cancel_s: float = 10.0,
        poll_s: float = 0.5,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`answer_s` bounds one answer, `send_s` handing a document over, `settle_s` its coming out; a job that does
        not move for `patience_s` while something is wrong is called off, which may take `cancel_s`; a job that was
        cut or that the printer does not list is looked for `look_s` long. `certificate`: see Post.
        """
        self._url = link_url
        self._certificate = None if certificate is None else Path(certificate)
        self._answer_s = answer_s
        self._send_s = send_s
        self._settle_s = settle_s
        self._patience_s = patience_s
        self._look_s = look_s
        self._cancel_s = cancel_s
        self._poll_s = poll_s
        self._monotonic = monotonic
        self._chart = Chart(DIAGNOSIS, now, SILENT)
        self._settled = SettledJobs()
        self._called_off = threading.Event()
        self._pause = threading.Event()
        """Never set: what must be heard of a job is waited for even when it has been called off."""
        self._queue: Talk | None = None
        self._device: Talk | None = None

    def open(self) -> None:
        """Take the link; raises LinkRefused where nobody is there or nobody who prints. A silent printer is opened."""
        if self._queue is not None:
            return
        self._queue = self._talk_to(address_of(self._url))
        try:
            self._view()
        except NotReached as error:
            raise self._refused(f"连不上打印机 {self._url}。", _advice_on(error)) from error
        except Declined as error:
            raise self._refused(f"{self._url} 拒绝了请求（HTTP {error.status}）。", _CHECK_PATH) from error
        except Answered as error:
            raise self._refused(f"{self._url} 不是打印机（IPP {error.code:#06x}）。", _CHECK_PATH) from error
        except PostFailed:
            # Connected and silent: what it is will be told by `health`.
            self._chart.know(SILENT)

    def close(self) -> None:
        """Give the link back; harmless when there is none."""
        for talk in (self._queue, self._device):
            if talk is not None:
                talk.post.close()
        self._queue = self._device = None

    def health(self) -> Health:
        """Ask the printer now; takes at most a few `answer_s`."""
        self._opened("health")
        try:
            return self._chart.know(worst(self._view().codes))
        except PostFailed as failure:
            return self._failed(failure)

    def loaded(self) -> Loaded | Health:
        """See DocumentPrinter.loaded."""
        self._opened("loaded")
        try:
            return self._view().loaded
        except PostFailed as failure:
            return self._failed(failure)

    def cancel(self) -> None:
        """See DocumentPrinter.cancel."""
        self._called_off.set()

    def print(self, job: str, document: Document) -> PrintResult:
        """Print and wait for the printer's word. A job that was or may have been printed is not sent a second time.

        Takes at most `send_s` + `settle_s` + `cancel_s` + `look_s` and a few `answer_s`.
        """
        if not (1 <= len(job) <= JOB_CHARS_MAX and job.isascii() and job.isprintable()):
            raise ValueError(f"a job's id is 1 to {JOB_CHARS_MAX} printable ASCII characters")
        queue = self._opened("print")
        settled = self._settled.get(job)
        if settled is not None:
            return settled
        self._called_off.clear()
        try:
            view = self._view()
            earlier = self._earlier(queue, job, mute=view.mute)
        except PostFailed as failure:
            return NotPrinted(self._failed(failure))
        if isinstance(earlier, Course):
            return self._settled.keep(job, self._follow(earlier))
        if not isinstance(earlier, Before):
            return self._settled.keep(job, earlier)
        health = self._chart.know(worst(view.codes))
        if any(stopping(code) for code in view.codes):
            return NotPrinted(health)
        taken = self._submit(Course(job, queue, None, self._device, earlier, mute=view.mute), document)
        return self._settled.keep(job, self._follow(taken) if isinstance(taken, Course) else taken)

    def _earlier(self, queue: Talk, job: str, *, mute: bool) -> Course | PrintResult | Before:
        """What is there of an earlier try, by a driver that lost its power perhaps: its course where it still goes
        on, its outcome where that is known, else the numbers of the tries that came to nothing.
        """
        taken = queue.named(job)
        theirs = taken if self._device is None else self._device.named(job)
        if any(each.state is JobState.COMPLETED for each in theirs):
            return CannotKnow(self._chart.know(NO_WORD)) if mute else Printed()
        old = Before(_ended(taken), frozenset() if self._device is None else _ended(theirs))
        going = next((each for each in taken if not each.state.final), None)
        if going is not None or any(not each.state.final for each in theirs):
            return Course(job, queue, None if going is None else going.number, self._device, old, mute=mute)
        if any(each.state is JobState.COMPLETED for each in taken) and not theirs:
            return CannotKnow(self._chart.know(LOST))
        return old

    def _submit(self, course: Course, document: Document) -> Course | PrintResult:
        """From the first byte on there is no simple no: whatever is no clear yes is looked for by name."""
        try:
            course.number = course.queue.submit(course.name, document, self._send_s).number
            return course
        except NotReached:
            return NotPrinted(self._chart.know(ABSENT))
        except PostFailed as failure:
            return self._search(course, failure)

    def _search(self, course: Course, failure: PostFailed) -> Course | PrintResult:
        """Look for a job that was refused or cut, for `look_s` at most; a refusal is believed once a list is seen."""
        refused = isinstance(failure, (Answered, Declined))
        listed, silence = False, failure
        deadline = self._monotonic() + self._look_s
        while True:
            try:
                if course.find():
                    return course
                listed = True
            except PostFailed as unheard:
                silence = unheard
            if (refused and listed) or self._monotonic() >= deadline:
                break
            self._pause.wait(self._poll_s)
        if not listed:
            return CannotKnow(self._failed(silence))
        if refused:
            return NotPrinted(self._chart.know(REFUSES))
        if isinstance(failure, Cut) and not failure.whole:
            return NotPrinted(self._chart.know(SILENT))
        return CannotKnow(self._chart.know(NOT_SETTLED))

    def _follow(self, course: Course) -> PrintResult:
        deadline = self._monotonic() + self._settle_s
        moved_at = missed_at = self._monotonic()
        pages_out = 0
        alarm: str | None = None
        while True:
            try:
                sight = course.sight()
                if isinstance(sight, Ended):
                    return self._ended(sight, self._cause(ABORTED))
                if isinstance(sight, (Out, HandedOver)):
                    return self._through(course, sight)
                alarm = self._view().alarm
            except PostFailed as failure:
                sight, alarm = Going(pages_out), self._code_of(failure)
            now = self._monotonic()
            if isinstance(sight, (Gone, Lost)):
                moved_at = now
                if now - missed_at >= self._look_s:
                    return CannotKnow(self._chart.know(LOST))
            else:
                missed_at = now
                if alarm is None or sight.pages_out > pages_out:
                    moved_at = now
                pages_out = max(pages_out, sight.pages_out)
            if self._called_off.is_set():
                return self._give_up(course, CANCELLED)
            if now - moved_at >= self._patience_s or now >= deadline:
                return self._give_up(course, alarm or NOT_SETTLED)
            self._called_off.wait(self._poll_s)

    def _through(self, course: Course, sight: Out | HandedOver) -> PrintResult:
        if isinstance(sight, HandedOver):
            return CannotKnow(self._chart.know(NO_WORD))
        try:
            course.call_off_doubles()
        except PostFailed as failure:
            # It is out all the same; who cannot be asked now will not hand over a second one to a silent printer.
            self._failed(failure)
        return Printed()

    def _give_up(self, course: Course, code: str) -> PrintResult:
        """The job has had its time: call it off, and hear from the printer how far it came."""
        deadline = self._monotonic() + self._cancel_s
        taken_back = False
        while True:
            try:
                taken_back = course.call_off() or taken_back
                sight = course.sight()
                if isinstance(sight, Gone) and taken_back:
                    # Some printers forget a job the moment it is taken back.
                    return NotPrinted(self._chart.know(code))
                if isinstance(sight, (Gone, Lost)):
                    return CannotKnow(self._chart.know(LOST))
                if isinstance(sight, Ended):
                    return self._ended(sight, code)
                if isinstance(sight, (Out, HandedOver)):
                    return self._through(course, sight)
            except PostFailed as failure:
                code = self._code_of(failure)
            if self._monotonic() >= deadline:
                return CannotKnow(self._chart.know(NOT_SETTLED if code == CANCELLED else code))
            self._pause.wait(self._poll_s)

    def _ended(self, sight: Ended, code: str) -> PrintResult:
        return CannotKnow(self._chart.know(NOT_SETTLED)) if sight.doubtful else NotPrinted(self._chart.know(code))

    def _cause(self, otherwise: str) -> str:
        """Why a job ended early, as far as the printer still shows it; the outcome stands already."""
        try:
            return self._view().alarm or otherwise
        except PostFailed:
            return otherwise

    def _view(self) -> _View:
        queue = self._opened("view").standing()
        if queue.device is None:
            return _View(queue, None, mute=False)
        address = address_behind(queue.device)
        if address is None:
            self._device = None
            return _View(queue, None, mute=True)
        if self._device is None or self._device.post.address != address:
            # One that a job still follows is only let go, not closed.
            self._device = self._talk_to(address)
        device = self._device.standing()
        if device.device is not None:
            # A queue behind the queue: whose word would that be?
            self._device = None
            return _View(queue, None, mute=True)
        return _View(queue, device, mute=False)

    def _talk_to(self, address: Address) -> Talk:
        return Talk(Post(address, answer_s=self._answer_s, certificate=self._certificate))

    def _opened(self, call: str) -> Talk:
        if self._queue is None:
            raise WrongState(call, "closed")
        return self._queue

    def _refused(self, sentence: str, advice: str) -> LinkRefused:
        self.close()
        return LinkRefused("link.unreachable", sentence, advice)

    def _failed(self, failure: PostFailed) -> Health:
        return self._chart.know(self._code_of(failure))

    def _code_of(self, failure: PostFailed) -> str:
        match failure:
            case NotReached():
                return ABSENT
            case Answered() | Declined():
                return REFUSES
            case _:
                return SILENT


def _ended(jobs: tuple[Job, ...]) -> frozenset[int]:
    return frozenset(job.number for job in jobs if job.state.final)


_CHECK_PATH: Final = "请核对地址里的路径：打印机多为 /ipp/print，CUPS 队列为 /printers/队列名。"


def _advice_on(error: NotReached) -> str:
    if "CERTIFICATE" in str(error).upper():
        return "打印机的证书不受信任。请把它的证书存成 PEM 文件，写在 certificate 里。"
    return "请检查打印机的电源和网线，核对主机名和端口。"
