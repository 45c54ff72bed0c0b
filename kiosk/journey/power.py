"""Where the terminal's power comes from, as far as a visit is concerned."""

from __future__ import annotations

from enum import StrEnum


class Power(StrEnum):
    """Nothing is known where there is no supply to ask; the terminal then works as on mains."""

    MAINS = "mains"
    BATTERY = "battery"  # who is in the middle may finish; nobody begins
    LOW = "low"  # minutes or less: what is in hand ends now
