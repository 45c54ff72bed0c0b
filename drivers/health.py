"""How a device is, whose fault it is, and which texts tell it to whom.

One record with a tag, not five classes: what differs between the five states is whether somebody is at fault, and that
is checked when the record is made. Whoever decides by the state writes `match health.state` and `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How far a device can be used now. Silence is a state of its own: unknown is never ready."""

    ready = "ready"
    limited = "limited"
    failed = "failed"
    absent = "absent"
    unknown = "unknown"


class Cause(StrEnum):
    """Whose fault a trouble is."""

    environment = "environment"
    device = "device"
    person = "person"
    us = "us"


@dataclass(frozen=True)
class Health:
    """One device at one moment; `resident` and `technician` are ids of texts that carry the sentence and the advice.

    `since` (UTC) is when this code was first seen; it stays while the code stays. A device that failed or is absent
    always has a cause: "broken" without saying whose fault it is helps nobody.
    """

    state: State
    cause: Cause | None
    code: str
    resident: str
    technician: str
    since: datetime

    def __post_init__(self) -> None:
        if self.state in (State.failed, State.absent) and self.cause is None:
            raise ValueError(f"{self.code}: a device that is {self.state} is so for somebody's fault")


NOT_HEARD: Final = "device.not_heard"


def aged(health: Health, silent_s: float, fresh_s: float, now: datetime) -> Health:
    """What may still be told of a device not heard of for `silent_s`: after `fresh_s` only that it is unknown."""
    if silent_s <= fresh_s or health.code == NOT_HEARD:
        return health
    return Health(State.unknown, None, NOT_HEARD, f"{NOT_HEARD}.resident", f"{NOT_HEARD}.technician", now)
