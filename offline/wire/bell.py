"""The bell of a terminal: somebody there wants a person, now. It names no resident, only terminal and screen."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

BellState = Literal["waiting", "coming", "done", "lapsed"]
"""Nobody has answered; somebody is on the way; it is settled; nobody came in time and nobody is called any more."""
Called = Literal["village", "above"]
"""Whom it reaches: the clerks of the village alone, or those of the divisions above as well."""


class BellRing(BaseModel):
    """A touch on the bell. The id is the terminal's own, so that asking twice rings once."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    screen: str = Field(pattern=r"^[a-z_]{1,30}$")  # the page on which somebody is stuck, and nothing that stands on it


class BellView(BaseModel):
    """How the terminal's last bell stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: str = Field(max_length=32)
    state: BellState
    rung_at: datetime
    called: Called
    answered_at: datetime | None = None
    answered_from: Called | None = None  # who is coming: of the village, or of above


class BellReply(BaseModel):
    """What the hub says of the bell; None: this terminal has none that still matters."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    bell: BellView | None = None
