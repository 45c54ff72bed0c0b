"""How much processor time a process has used, by the kernel's own count (proc(5))."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
_UTIME: Final = 11  # counted behind the name, which may hold blanks and brackets


def processor_s(pid: int) -> float:
    """Seconds of user and system time of a running process; a resolution of some 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_UTIME + 1])) * _TICK_S
