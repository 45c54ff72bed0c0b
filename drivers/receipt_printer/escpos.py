"""The driver for ESC/POS printers over serial, USB-serial or TCP.

When is a slip printed? Every job ends, behind the cut, with `GS r 1`. That question waits in the printer's queue
like text, so its answer can only come when everything before it was worked off; `DLE EOT` answers at once, even while
the slip still waits in the buffer, and so proves nothing about it. Printed is: the queued answer came, and neither it
nor the real-time status after it has a fault. A fault before the queued answer means the rest is still in the buffer:
it is purged (nobody else shall find it in the tray when the paper is back) and told as not printed. Everything in
between (silence, a lost link, a deadline) is told as not knowable; so is a fault that came and went between two looks,
which the printer reports of itself (automatic status, switched on at the beginning of each job): the cover may have
been opened and the slip torn in two.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from drivers.diagnosis import Chart, utc_now
from drivers.health import Health, State
from drivers.link import Link, LinkLost, LinkRefused, open_link
from drivers.receipt_printer.conversation import Conversation
from drivers.receipt_printer.diagnosis import ABSENT, NOT_SETTLED, RECEIPT_PRINTER, SILENT, code_of
from drivers.receipt_printer.encoder import INIT, REPORT_ALL, encode
from drivers.receipt_printer.memory import PrinterMemory
from drivers.receipt_printer.mouth import Mouth
from drivers.receipt_printer.port import Place, Slip
from drivers.receipt_printer.profile import LeftSlip, profile_for
from drivers.receipt_printer.status import QUEUED_QUERY, Condition
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult

_HOLD_S_MAX = 255
_BURST_BYTES = 512
"""Sent between two looks at the printer; the smallest receive buffers in use are 4 KB."""


class EscposPrinter:
    """A ReceiptPrinter that speaks ESC/POS. Not for several threads at once: it belongs behind one door."""

    def __init__(
        self,
        link_url: str,
        paper_width_mm: int = 80,
        *,
        profile: str | None = None,
        answer_s: float = 0.5,
        settle_s: float = 20.0,
        look_s: float = 0.05,
        quiet_s: float = 0.2,
        retract_after_s: float = 30.0,
        left_slip: LeftSlip = "retract",
        memory: PrinterMemory | None = None,
        connect: Callable[[str], Link] = open_link,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`answer_s` bounds one status answer, `settle_s` a whole job, `look_s` the pause between two looks at it;
        after `quiet_s` no second queued answer follows the first. A slip that lies in a presenter's mouth for
        `retract_after_s` is dealt with as `left_slip` says. `memory` is what an earlier driver of this printer knew.
        """
        if not 1.0 <= retract_after_s <= _HOLD_S_MAX:
            raise ValueError(f"a slip is held out for 1 to {_HOLD_S_MAX} seconds")
        self._url = link_url
        self._profile = profile_for(paper_width_mm, profile)
        self._answer_s = answer_s
        self._settle_s = settle_s
        self._look_s = look_s
        self._quiet_s = quiet_s
        self._hold_s = round(retract_after_s) if left_slip == "retract" else 0
        self._mouth = Mouth(self._profile, left_slip, retract_after_s, monotonic)
        self._connect = connect
        self._monotonic = monotonic
        self._link: Link | None = None
        self._talk: Conversation | None = None
        self._chart = Chart(RECEIPT_PRINTER, now, SILENT)
        self._memory = memory or PrinterMemory()
        self._doubtful = True
        """Whether something of an earlier job may still be in the printer."""
        self._was_garbled = False

    def open(self) -> None:
        """Take the link; raises LinkRefused or LinkLost, which say what to do.

        A terminal that lost its power midway may have left half a slip of the last resident in the printer.
        """
        talk = self._open_talk()
        condition = talk.inspect()
        if condition is not None and condition.stopped:
            self._purge(talk)
        elif condition is not None:
            self._empty(talk, self._answer_s)

    def close(self) -> None:
        """Give the link back; harmless when there is none."""
        link, self._link, self._talk = self._link, None, None
        if link is not None:
            link.close()

    def health(self) -> Health:
        """Ask the printer now; takes at most a few `answer_s`."""
        try:
            talk = self._open_talk()
            condition = talk.inspect()
            if condition is not None:
                self._mouth.look(talk)
        except (LinkLost, LinkRefused):
            return self._lost()
        return self._chart.know(SILENT if condition is None else code_of(condition))

    def place(self) -> Place:
        """See ReceiptPrinter.place."""
        try:
            self._mouth.look(self._open_talk())
        except (LinkLost, LinkRefused):
            self._lost()
        return self._mouth.place

    def print(self, job: str, slip: Slip) -> PrintResult:
        """Print and wait for the printer's word. A job that was or may have been printed is not sent a second time.

        The last 256 jobs are remembered as long as `memory` lives; past that, the terminal's own record decides.
        Takes at most `settle_s` for an earlier job, `settle_s` for this one and a few `answer_s`.
        """
        parts = encode(slip, self._profile, self._hold_s)
        before = self.health()
        self._was_garbled = before.code.endswith(".garbled")
        if _well(before) and self._doubtful and not self._settle_the_past():
            before = self._chart.know(NOT_SETTLED)
        settled = self._memory.settled.get(job)
        if settled is not None:
            return settled
        if job == self._memory.underway:
            # An earlier call was cut off in the middle of it and nobody heard its end.
            self._memory.underway = None
            return self._memory.settled.keep(job, CannotKnow(self._chart.know(NOT_SETTLED)))
        if not _well(before):
            return NotPrinted(before)
        return self._send(job, parts)

    def _settle_the_past(self) -> bool:
        try:
            return self._empty(self._open_talk(), self._settle_s)
        except (LinkLost, LinkRefused):
            self._lost()
            return False

    def _empty(self, talk: Conversation, within_s: float) -> bool:
        """Make sure that nothing of an earlier job is left in the printer; says whether it is sure.

        A printer that ignores the purge finishes the earlier job once it can and answers the question behind it: that
        answer is already there, or comes right before the one to the question asked here. Then the job was printed
        after all and its retry must not be.
        """
        self._purge(talk)
        talk.drain()
        answers = talk.queued[:]
        talk.queued.clear()
        talk.write(QUEUED_QUERY)
        talk.listen_for(1, within_s)
        if not talk.queued:
            talk.queued[:] = answers
            return False
        talk.listen_for(2, self._quiet_s)
        answers += talk.queued[:-1]
        if len(answers) == 1 and not talk.noise_bytes and self._memory.given_up is not None:
            late = answers[0]
            word = CannotKnow(self._chart.know(code_of(late))) if late.stopped else Printed()
            self._memory.settled.keep(self._memory.given_up, word)
        self._memory.given_up = None
        self._doubtful = False
        return True

    def _send(self, job: str, parts: Iterable[bytes]) -> PrintResult:
        """From the first byte on there is no simple no: every way out knows what may be on the paper."""
        self._memory.underway = self._memory.given_up = job
        self._doubtful = True
        try:
            talk = self._open_talk()
            self._mouth.empty(talk)
            if self._memory.scrap:
                talk.write(self._scrap_off())
            talk.write(REPORT_ALL)
            talk.drain()
            talk.queued.clear()
            talk.noise_bytes = 0
            talk.interrupted = False
            self._memory.scrap = True
            result = self._deliver(talk, parts, self._monotonic() + self._settle_s)
        except (LinkLost, LinkRefused):
            result = CannotKnow(self._lost())
        if isinstance(result, Printed):
            self._memory.given_up, self._doubtful, self._memory.scrap = None, False, False
        self._memory.underway = None
        return self._memory.settled.keep(job, result)

    def _deliver(self, talk: Conversation, parts: Iterable[bytes], deadline: float) -> PrintResult:
        for burst in _bursts((*parts, QUEUED_QUERY)):
            talk.write(burst)
            if (stopped := self._look(talk)) is not None:
                return self._give_up(talk, stopped)
            if self._monotonic() > deadline:
                break
        while not talk.queued and self._monotonic() < deadline:
            talk.listen(self._look_s)
            if not talk.queued and (stopped := self._look(talk)) is not None:
                return self._give_up(talk, stopped)
        return self._judge(talk)

    def _look(self, talk: Conversation) -> Condition | None:
        """What stops the printer now, if anything does. One that is deaf in the middle of a job may have lost some."""
        condition = talk.glance()
        if condition is None:
            talk.interrupted = True
            return None
        return condition if condition.stopped else None

    def _judge(self, talk: Conversation) -> PrintResult:
        """The job has had its time: was it worked off, and did nothing go wrong on the way?"""
        after = talk.inspect()
        if not talk.queued:
            self._purge(talk)
            return CannotKnow(self._chart.know(SILENT if after is None else NOT_SETTLED))
        if after is None:
            return CannotKnow(self._chart.know(SILENT))
        if not self._answers_are_ours(talk):
            self._purge(talk)
            self._memory.given_up = None  # on such a line no later word would be worth more
            talk.queued.clear()
            return CannotKnow(self._chart.know(NOT_SETTLED))
        found = talk.queued[-1] | after
        health = self._chart.know(code_of(found))
        self._memory.given_up = None  # its answer is in and there will be no later word on it
        talk.queued.clear()
        if found.stopped or (found.garbled and not self._was_garbled):
            return CannotKnow(health)
        if talk.interrupted:
            return CannotKnow(self._chart.know(NOT_SETTLED))
        self._mouth.presented(talk)
        return Printed()

    def _answers_are_ours(self, talk: Conversation) -> bool:
        """One question has one answer. On a line with noise, which may look like one, a second question is asked: a
        false answer before shows as one too many now.
        """
        asked = 1
        if talk.noise_bytes:
            asked = 2
            talk.write(QUEUED_QUERY)
            talk.listen_for(asked, self._answer_s)
            talk.listen_for(asked + 1, self._quiet_s)
        return len(talk.queued) == asked

    def _scrap_off(self) -> bytes:
        """What cuts off the torso of a job and keeps it out of the next resident's hand, where the printer can."""
        presenter = self._profile.presenter
        return INIT + self._profile.cut + (b"" if presenter is None else presenter.retract)

    def _give_up(self, talk: Conversation, condition: Condition) -> PrintResult:
        """A fault while the job was in the printer: make it forget the rest, then see whether it still listens."""
        if talk.queued:
            return self._judge(talk)
        self._purge(talk)
        after = talk.inspect()
        if after is None:
            return CannotKnow(self._chart.know(SILENT))
        if talk.queued:
            return self._judge(talk)
        return NotPrinted(self._chart.know(code_of(condition | after)))

    def _purge(self, talk: Conversation) -> None:
        talk.purge(self._profile.purge, answered=self._profile.purge_answered)

    def _open_talk(self) -> Conversation:
        if self._talk is None:
            self._doubtful = True
            self._link = self._connect(self._url)
            self._talk = Conversation(
                self._link,
                self._profile,
                answer_s=self._answer_s,
                quiet_s=self._quiet_s,
                monotonic=self._monotonic,
            )
        return self._talk

    def _lost(self) -> Health:
        self.close()
        return self._chart.know(ABSENT)


def _well(health: Health) -> bool:
    return health.state in (State.ready, State.limited)


def _bursts(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts joined up to `_BURST_BYTES`, never cut inside a command, where a question would be printed."""
    burst = b""
    for part in parts:
        if burst and len(burst) + len(part) > _BURST_BYTES:
            yield burst
            burst = b""
        burst += part
    yield burst
