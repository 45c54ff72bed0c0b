"""How a device is, whose fault it is, and which texts tell it to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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

    `since` (UTC) is when this code was first seen; it stays while the code stays.
    """

    state: State
    cause: Cause | None
    code: str
    resident: str
    technician: str
    since: datetime
