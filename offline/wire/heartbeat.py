"""What a terminal says about itself every so often; silence is unknown, never fine."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from offline.wire.batch import HeadReport
from offline.wire.uptime import Uptime

Cause = Literal["environment", "device", "person", "us"]
DeviceState = Literal["ready", "limited", "failed", "absent", "unknown"]
ScreenState = Literal["alive", "unknown"]


class DeviceReport(BaseModel):
    """A device's health as the console shows it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    state: DeviceState
    cause: Cause | None = None
    code: str = Field(default="", max_length=80)
    since: datetime | None = None


class RoomReport(BaseModel):
    """What the terminal still takes: the least important priority it does, and the bound that refuses the rest."""

    model_config = ConfigDict(frozen=True)
    takes: Literal["deferrable", "ordinary", "essential", "nothing"]
    cause: Literal["disk", "file", "events", "bytes", "age", "shut_out"] | None = None
    full: float = Field(default=0.0, ge=0)  # of the fullest bound, 1.0 is the bound
    free_mb: int = Field(default=0, ge=0)


class OutboxReport(BaseModel):
    """How much the terminal still holds, what more it takes, and the head of its chain."""

    model_config = ConfigDict(frozen=True)
    waiting: int = Field(ge=0)
    parked: int = Field(default=0, ge=0)
    oldest: datetime | None = None
    room: RoomReport | None = None  # None: a terminal that does not tell
    head: HeadReport


class TerminalStatus(BaseModel):
    """The terminal process in its own words; `unknown` when its status file is older than 30 s or missing."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    screen: ScreenState
    at: datetime | None = None
    last_frame: datetime | None = None
    last_touch: datetime | None = None
    last_card: datetime | None = None
    last_print: datetime | None = None
    started: datetime | None = None  # when the terminal process did; it is replaced after visits
    sessions_clean: int = Field(default=0, ge=0)  # visits of which nothing was found afterwards
    sessions_unclean: int = Field(default=0, ge=0)
    unclean_at: datetime | None = None
    devices: dict[str, DeviceReport] = Field(default_factory=dict, max_length=40)


class Heartbeat(BaseModel):
    """One heartbeat: the terminal, its devices, its outbox, both chain heads, its software."""

    model_config = ConfigDict(frozen=True)
    terminal: str = Field(max_length=64)
    at: datetime
    status: TerminalStatus
    outbox: OutboxReport
    agent_head: HeadReport
    uptime: Uptime | None = None  # lets the hub place what was made while the clock was in doubt
    software: str = Field(max_length=60)


class HeartbeatReply(BaseModel):
    """What the hub says to a heartbeat: the end of the terminal's chain as the hub has it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    head: HeadReport | None = None  # None: a hub that does not tell
