"""A capture as the other end of a wire: the same question gets the answers it got, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from fastapi import APIRouter

from drivers.capture.blanking import Blanker
from drivers.capture.text import Capture, Passed
from drivers.simulation import NotPossible, WireDevice

QUESTION_BYTES_MAX: Final = 64 * 1024


@dataclass
class Script:
    """What a capture says: to each question its answers, and what the device said unasked before any question."""

    unasked: tuple[bytes, ...]
    answers: Mapping[bytes, tuple[bytes, ...]]
    _asked: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def of(cls, capture: Capture) -> Script:
        """The script of a capture; bytes in one direction with nothing between them belong together."""
        unasked: list[bytes] = []
        answers: dict[bytes, list[bytes]] = {}
        question, answer = b"", b""
        for record in (*(each for each in capture.records if isinstance(each, Passed)), None):
            if record is not None and record.direction == "<":
                if question:
                    answer += record.data
                else:
                    unasked.append(record.data)
                continue
            if question and (answer or record is None):
                answers.setdefault(question, []).append(answer)
                question, answer = b"", b""
            if record is not None:
                question += record.data
        return cls(tuple(unasked), {key: tuple(value) for key, value in answers.items()})

    def answer(self, question: bytes) -> bytes:
        """The next answer to this question; the last one again when there is no other."""
        known = self.answers[question]
        turn = self._asked.get(question, 0)
        self._asked[question] = turn + 1
        return known[min(turn, len(known) - 1)]

    def heard(self, buffer: bytes) -> tuple[bytes, bool]:
        """The longest question that these bytes begin with (or b""), and whether more bytes could make one."""
        whole = max((each for each in self.answers if buffer.startswith(each)), key=len, default=b"")
        longer = any(len(each) > len(buffer) and each.startswith(buffer) for each in self.answers)
        return whole, longer


class ReplayedDevice(WireDevice):
    """Plays a capture. What it is asked and does not know it leaves unanswered and counts as strayed."""

    kind: ClassVar[str] = "replay"
    faults: ClassVar[Mapping[str, str]] = {}

    def __init__(self, capture: Capture, blanker: Callable[[], Blanker]) -> None:
        super().__init__()
        self._captured_kind = capture.kind
        self._script = Script.of(capture)
        self._blanker = blanker()
        self._buffer = b""
        self._said_unasked = 0
        self._strayed_bytes = 0

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state."""
        with self.lock:
            return {
                **super().state(),
                "captured_kind": self._captured_kind,
                "questions": len(self._script.answers),
                "unasked_left": len(self._script.unasked) - self._said_unasked,
                "strayed_bytes": self._strayed_bytes,
            }

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.post("/next")
        def say_next() -> dict[str, Any]:
            """Say the next thing that the device said unasked, as a scanner does."""
            self.say_next()
            return self.state()

    def say_next(self) -> None:
        """Says the next thing that the device said unasked; raises NotPossible after the last."""
        with self.lock:
            if self._said_unasked >= len(self._script.unasked):
                raise NotPossible("the capture holds nothing more that was said unasked")
            self._said_unasked += 1
            self.say(self._script.unasked[self._said_unasked - 1])

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear. What a driver says is blanked before it is compared, as it was before it was written."""
        self._buffer = (self._buffer + self._blanker.sent(data))[-QUESTION_BYTES_MAX:]
        while self._buffer:
            question, could_be_more = self._script.heard(self._buffer)
            if could_be_more:
                return
            if not question:
                self._buffer = self._buffer[1:]
                self._strayed_bytes += 1
                continue
            self._buffer = self._buffer[len(question) :]
            self.operation()
            answer = self._script.answer(question)
            if answer:
                self.say(answer)
