"""The course of one job: through a queue, where one stands in front, to the printer whose word on the paper counts.

What CUPS says of a job is its own word, not the printer's. Seen with CUPS 2.4.2: it tells `completed` of a job that
the printer lost when its power failed (`cups-ipp-missing-job-history`), and now `completed`, now `canceled` of one that
the printer aborted, as its backend happens to look; it tells `canceled` at once, while that backend may still send.
So the printer behind the queue is asked itself, for the job of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.document_printer.operations import Job, JobState
from drivers.document_printer.talk import Talk


@dataclass(frozen=True)
class Going:
    """It may still come out. `pages_out` moves while it does."""

    pages_out: int = 0


@dataclass(frozen=True)
class Out:
    """The printer says that it is through the job."""


@dataclass(frozen=True)
class Ended:
    """It will not come (any further); `doubtful` where all of it may have come already."""

    doubtful: bool


@dataclass(frozen=True)
class Gone:
    """Nobody knows it any more."""


@dataclass(frozen=True)
class Lost:
    """The queue handed it over, or the printer had it, and the printer does not know it."""


@dataclass(frozen=True)
class HandedOver:
    """The queue is through with it, and what stands behind the queue cannot be asked."""


Sight = Going | Out | Ended | Gone | Lost | HandedOver


@dataclass(frozen=True)
class Before:
    """The numbers that earlier tries of a job had at the queue and at the printer behind it."""

    queue: frozenset[int] = frozenset()
    device: frozenset[int] = frozenset()


@dataclass
class Course:
    """Where one job is. `queue` took it as `number`; `device` prints it, the queue itself where there is no other.

    `before` are the jobs of the same name from earlier tries, which say nothing about this one. Every method raises
    PostFailed where somebody does not answer.
    """

    name: str
    queue: Talk
    number: int | None
    device: Talk | None
    before: Before
    mute: bool = False
    """Whether something else than a printer that we can ask stands behind the queue."""
    _seen: bool = field(default=False, init=False)

    def sight(self) -> Sight:
        """Where it is now."""
        taken = None if self.number is None else self.queue.job(self.number)
        if self.mute:
            return _of_a_mute_one(taken)
        if self.device is None:
            return Gone() if taken is None else _of_the_printer((taken,))
        waiting = taken is not None and not taken.state.final
        # Asked before the printer is: a backend that is through by now has handed over all that it ever will.
        still_sent = self._still_sent(taken)
        theirs = self._theirs(self.device)
        self._seen = self._seen or bool(theirs)
        if waiting and not any(job.state is JobState.COMPLETED for job in theirs):
            return Going(_pages_out(theirs))
        if theirs:
            sight = _of_the_printer(theirs)
        elif self._seen or (taken is not None and taken.state is JobState.COMPLETED):
            sight = Lost()
        else:
            sight = Gone() if taken is None else Ended(doubtful=False)
        return Going(_pages_out(theirs)) if still_sent and isinstance(sight, Ended) else sight

    def _still_sent(self, taken: Job | None) -> bool:
        """Whether the queue, which has called the job off, may yet be handing over another try of it."""
        called_off = taken is not None and taken.state in (JobState.CANCELED, JobState.ABORTED)
        return called_off and self.queue.standing().busy

    def find(self) -> bool:
        """Look for it by name, where its submission was cut; whether the queue has it after all."""
        found = [job for job in self.queue.named(self.name) if job.number not in self.before.queue]
        newest = max(found, key=lambda job: (not job.state.final, job.number), default=None)
        if newest is not None:
            self.number = newest.number
        return newest is not None

    def call_off(self) -> bool:
        """Take it back from everybody who still has it; whether somebody took it back."""
        taken_back = self.number is not None and self.queue.cancel(self.number)
        if self.device is not None:
            for job in self._theirs(self.device):
                taken_back = (not job.state.final and self.device.cancel(job.number)) or taken_back
        return taken_back

    def call_off_doubles(self) -> None:
        """After it came out: what still goes on under its name, in the queue or at the printer, would be a second
        copy.
        """
        for talk in (self.queue, self.device):
            if talk is not None:
                for job in talk.named(self.name, ended=False):
                    talk.cancel(job.number)

    def _theirs(self, device: Talk) -> tuple[Job, ...]:
        return tuple(job for job in device.named(self.name) if job.number not in self.before.device)


def _of_the_printer(jobs: tuple[Job, ...]) -> Sight:
    """What the printer's own word on the jobs of this name comes to; one that came out is enough."""
    if any(job.state is JobState.COMPLETED for job in jobs):
        return Out()
    if any(not job.state.final for job in jobs):
        return Going(_pages_out(jobs))
    return Ended(doubtful=any(job.doubtful for job in jobs))


def _of_a_mute_one(taken: Job | None) -> Sight:
    if taken is None:
        return Gone()
    return HandedOver() if taken.state.final else Going()


def _pages_out(jobs: tuple[Job, ...]) -> int:
    return sum(job.pages_out or 0 for job in jobs)
