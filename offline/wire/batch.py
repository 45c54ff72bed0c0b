"""A batch of events and the hub's answer to each of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

MAX_BATCH_EVENTS: Final = 500
MAX_BATCH_BYTES: Final = 2 * 1024 * 1024


PROBLEM_PREFIX: Final = "urn:zhizhu:problem:"
"""What the `type` of a problem begins with; its code follows."""


class EventStatus(StrEnum):
    """What became of one event at the hub."""

    STORED = "stored"  # durable there, for the first time
    DUPLICATE = "duplicate"  # it was there already: as good as stored
    PARKED = "parked"  # refused for a reason a person must look at; the rest goes on
    RETRY = "retry"  # not now; nothing was kept


class EventResult(BaseModel):
    """The answer to one event."""

    model_config = ConfigDict(frozen=True)
    id: str = Field(max_length=36)
    status: EventStatus
    reason: str | None = Field(default=None, max_length=500)


class HeadReport(BaseModel):
    """A chain's head as it travels."""

    model_config = ConfigDict(frozen=True)
    seq: int = Field(ge=0)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class BatchReply(BaseModel):
    """The hub's answer to a batch: one result for each event, and the head of the chain it now holds."""

    model_config = ConfigDict(frozen=True)
    results: tuple[EventResult, ...] = Field(max_length=MAX_BATCH_EVENTS)
    head: HeadReport | None = None


class Problem(BaseModel):
    """An RFC 9457 error with the members a terminal acts on."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    retryable: bool = True
    retry_after: float | None = Field(default=None, ge=0)
    park: bool = False
