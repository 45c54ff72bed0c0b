"""When the agent does what: pure, on the monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Task(StrEnum):
    """What the agent does again and again."""

    DRAIN = "drain"
    CHANGES = "changes"
    HEARTBEAT = "heartbeat"
    CREDENTIAL = "credential"
    TIDY = "tidy"
    SPOOL = "spool"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each task is due next, in monotonic seconds."""

    drain: float = 0.0
    changes: float = 0.0
    heartbeat: float = 0.0
    credential: float = 0.0
    tidy: float = 0.0
    spool: float = 0.0

    def due(self, now: float) -> tuple[Task, ...]:
        """What is due, the outbox first."""
        return tuple(task for task in Task if self.at(task) <= now)

    def at(self, task: Task) -> float:
        """When a task is due."""
        match task:
            case Task.DRAIN:
                return self.drain
            case Task.CHANGES:
                return self.changes
            case Task.HEARTBEAT:
                return self.heartbeat
            case Task.CREDENTIAL:
                return self.credential
            case Task.TIDY:
                return self.tidy
            case Task.SPOOL:
                return self.spool

    def later(self, task: Task, at: float) -> Schedule:
        """The schedule with a task moved."""
        match task:
            case Task.DRAIN:
                return replace(self, drain=at)
            case Task.CHANGES:
                return replace(self, changes=at)
            case Task.HEARTBEAT:
                return replace(self, heartbeat=at)
            case Task.CREDENTIAL:
                return replace(self, credential=at)
            case Task.TIDY:
                return replace(self, tidy=at)
            case Task.SPOOL:
                return replace(self, spool=at)

    def next_wait_s(self, now: float, longest_s: float) -> float:
        """How long nothing is due, at most `longest_s`."""
        return min(longest_s, max(0.0, min(self.at(task) for task in Task) - now))
