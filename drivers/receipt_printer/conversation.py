"""Asking a printer over a link: one question at a time, every wait bounded, every stray answer kept."""

from __future__ import annotations

from collections.abc import Callable

from drivers.link import Link
from drivers.receipt_printer.full_status import (
    EJECTOR_QUERY,
    FULL_QUERY,
    ejector_answer,
    ejector_condition,
    full_condition,
)
from drivers.receipt_printer.profile import Profile
from drivers.receipt_printer.status import (
    Automatic,
    Cleared,
    Condition,
    Full,
    Noise,
    Query,
    Queued,
    RealTime,
    ReplyDecoder,
    condition_of,
)

_READ_LIMIT = 64
_SILENCE_MAX_READS = 64
"""A line that never falls quiet is noise; draining it ends after so many reads."""


class Conversation:
    """The talk with one printer from the opening of its link to its loss."""

    def __init__(
        self, link: Link, profile: Profile, *, answer_s: float, quiet_s: float, monotonic: Callable[[], float]
    ) -> None:
        self._link = link
        self._profile = profile
        self._quiet_s = quiet_s
        self._answer_s = answer_s
        self._monotonic = monotonic
        self._replies = ReplyDecoder()
        self._real_time: list[int] = []
        self._full: list[bytes] = []
        self._cleared = False
        self.noise_bytes = 0
        """Bytes that could be no answer, since this was last set to 0: where some come, others may look like one."""
        self.interrupted = False
        """Whether the printer reported a stop of itself, however short, since this was last set to False."""
        self.queued: list[Condition] = []
        """Queued answers since this was last emptied: one for each GS r that the printer has come to."""

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._link.write(data)

    def purge(self, command: bytes, *, answered: bool) -> None:
        """Make the printer forget what waits in it, and where it answers that, wait for the answer."""
        self._cleared = False
        self._link.write(command)
        deadline = self._monotonic() + self._answer_s
        while answered and not self._cleared:
            left_s = deadline - self._monotonic()
            if left_s <= 0:
                return
            self.listen(left_s)

    def listen(self, timeout_s: float) -> None:
        """Take in what the printer has sent; returns with the first bytes or after the timeout."""
        self._take(self._link.read(_READ_LIMIT, timeout_s))

    def drain(self) -> None:
        """Take in everything already there, so that an old answer is not taken for a new one."""
        for _ in range(_SILENCE_MAX_READS):
            data = self._link.read(_READ_LIMIT, 0.0)
            if not data:
                break
            self._take(data)
        self._real_time.clear()
        self._full.clear()

    def listen_for(self, answers: int, timeout_s: float) -> None:
        """Listen until so many queued answers are in, or for so long."""
        deadline = self._monotonic() + timeout_s
        while len(self.queued) < answers:
            left_s = deadline - self._monotonic()
            if left_s <= 0:
                return
            self.listen(left_s)

    def ask(self, query: Query) -> Condition | None:
        """The printer's real-time answer, or None where it stays silent."""
        self.drain()
        self._link.write(query.command)
        deadline = self._monotonic() + self._answer_s
        while not self._real_time:
            left_s = deadline - self._monotonic()
            if left_s <= 0:
                return None
            self.listen(left_s)
        return condition_of(query, self._real_time.pop(0))

    def ask_full(self) -> Condition | None:
        """The full status of a printer that has one, or None where it stays silent."""
        self.drain()
        self._replies.full_expected = True
        self._link.write(FULL_QUERY)
        deadline = self._monotonic() + self._answer_s
        while not self._full:
            left_s = deadline - self._monotonic()
            if left_s <= 0:
                self._replies.full_expected = False
                return None
            self.listen(left_s)
        presenter = self._profile.presenter
        return full_condition(self._full.pop(0), mouth=presenter is not None and presenter.mouth == "full")

    def ask_ejector(self) -> Condition | None:
        """The ejector's byte, asked of a printer that is through its work; None where it stays silent."""
        self.drain()
        self._link.write(EJECTOR_QUERY)
        deadline = self._monotonic() + self._answer_s
        heard = b""
        while (left_s := deadline - self._monotonic()) > 0 and len(heard) < _READ_LIMIT:
            data = self._link.read(_READ_LIMIT, min(left_s, self._quiet_s) if heard else left_s)
            heard += data
            byte = ejector_answer(heard, quiet=not data)
            if byte is not None:
                return ejector_condition(byte)
        return None

    def mouth(self) -> Condition | None:
        """The same for the mouth alone, by whichever answer this model tells it; None where nothing is told."""
        presenter = self._profile.presenter
        if presenter is None:
            return None
        return self.ask_ejector() if presenter.mouth == "ejector" else self.ask_full()

    def inspect(self) -> Condition | None:
        """Everything the printer says of itself; None where it does not say what matters.

        Cheap models answer only some of the four questions: silence on the causes is no fault, silence on printer or
        paper is.
        """
        if self._profile.full_status:
            return self.ask_full()
        printer = self.ask(Query.PRINTER)
        paper = self.ask(Query.PAPER) if printer is not None else None
        if printer is None or paper is None:
            return None
        found = printer | paper
        for query in (Query.OFFLINE, Query.ERROR):
            found |= self.ask(query) or Condition()
        return found

    def glance(self) -> Condition | None:
        """The answers that stop a job; the causes are asked for only when one of them says stop."""
        if self._profile.full_status:
            return self.ask_full()
        printer = self.ask(Query.PRINTER)
        paper = self.ask(Query.PAPER) if printer is not None else None
        if printer is None or paper is None:
            return None
        found = printer | paper
        return self.inspect() if found.stopped else found

    def _take(self, untrusted_data: bytes) -> None:
        for reply in self._replies.feed(untrusted_data):
            match reply:
                case RealTime(byte):
                    self._real_time.append(byte)
                case Queued(condition):
                    self.queued.append(condition)
                case Full(data):
                    self._full.append(data)
                case Cleared():
                    self._cleared = True
                case Noise():
                    self.noise_bytes += 1
                case Automatic(condition):
                    # Asked for nothing: the next question tells what is, but only this tells what was in between.
                    self.interrupted |= condition.stopped
