"""How long a machine has been running, by a clock that nobody sets: what holds when the time of day is in doubt."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Uptime(BaseModel):
    """Seconds since the machine started, sleep included, and the name the kernel gave to this start."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    boot: str = Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    seconds: float = Field(ge=0, le=2**32, allow_inf_nan=False)


def uptime() -> Uptime:
    """The reading of this machine now (Linux: boot_id, CLOCK_BOOTTIME)."""
    return Uptime(boot=_boot(), seconds=round(time.clock_gettime(time.CLOCK_BOOTTIME), 3))


@cache
def _boot() -> str:
    """No process outlives a start."""
    return _BOOT_ID.read_text("ascii").strip()
