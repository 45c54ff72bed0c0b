"""What the hub has told the agent to wait with (`Retry-After`), and what was told the technician last: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from kiosk.agent.schedule import Task

TELL_AGAIN_S: Final = 3600.0
"""How often the same refusal is written into the log while it lasts."""


@dataclass(frozen=True, slots=True)
class Orders:
    """Until when (monotonic seconds) the hub wants to be left alone with a task, whatever else happens meanwhile."""

    until: Mapping[Task, float] = field(default_factory=dict)

    def wait(self, task: Task, until: float) -> Orders:
        """The orders with one more."""
        return replace(self, until={**self.until, task: until})

    def earliest(self, task: Task, at: float) -> float:
        """The first moment from `at` on at which a task may be done."""
        return max(at, self.until.get(task, at))


@dataclass(frozen=True, slots=True)
class Told:
    """The last sentence that went into the log, and when."""

    sentence: str = ""
    at: float = 0.0

    def news(self, sentence: str, now: float) -> bool:
        """Whether this is to be told: it is another sentence, or the same has not been told for long."""
        return sentence != self.sentence or now - self.at >= TELL_AGAIN_S
