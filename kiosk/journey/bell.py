"""The bell: a person is wanted, now. What is known of the last one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Ring(StrEnum):
    """How the terminal's last bell stands, as far as the terminal knows."""

    NONE = "none"
    CALLING = "calling"  # on its way to the hub
    WAITING = "waiting"  # told; nobody has answered yet
    COMING = "coming"
    DONE = "done"
    LAPSED = "lapsed"  # nobody answered in time
    FAILED = "failed"  # it did not go out, and will not later
    OFTEN = "often"  # called too often


class Panel(StrEnum):
    """Whether the bell's panel lies over the screen, and after which touch."""

    SHUT = ""
    RUNG = "rung"
    AGAIN = "again"  # touched while one was ringing


@dataclass(frozen=True)
class BellSeen:
    """The last bell of this terminal; it belongs to no visit and tells nobody's name."""

    ring: Ring = Ring.NONE
    at: datetime | None = None  # UTC of the call
    above: bool = False  # those above the village were told
    from_above: bool = False  # and it is they who come
    heard: bool = True  # the hub was heard lately, so this is how it stands

    @property
    def open(self) -> bool:
        """Whether a further touch would ring nothing new."""
        return self.ring in (Ring.CALLING, Ring.WAITING, Ring.COMING)
