"""What the printer feels, and the bytes in which it says so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "paper_end": "打印纸用完",
        "paper_end_midway": "打到一半没纸",
        "near_end": "纸快用完",
        "cover_open": "打印机盖打开",
        "offline": "打印机离线",
        "cutter": "切刀卡住",
        "silent": "打印机不应答",
        "silent_midway": "打到一半不应答",
        "deaf_to_purge": "清不掉没打完的内容",
    }
)
"""What can be wrong; `_midway` comes true 20 mm into the next ticket, `deaf_to_purge` forgets nothing when told to."""

_STOPPING = frozenset(("paper_end", "cover_open", "offline", "cutter"))


class Sensors:
    """The faults a printer has now."""

    def __init__(self) -> None:
        self.faults: set[str] = set()

    @property
    def stopped(self) -> bool:
        """Whether it works off nothing now, though it still listens."""
        return bool(self.faults & _STOPPING)

    @property
    def silent(self) -> bool:
        """Whether its firmware hangs."""
        return "silent" in self.faults

    def come_true(self) -> None:
        """What was to happen midway happens."""
        for fault in ("paper_end", "silent"):
            if f"{fault}_midway" in self.faults:
                self.faults.discard(f"{fault}_midway")
                self.faults.add(fault)

    def real_time(self, question: int) -> int:
        """The answer to DLE EOT 1 to 4."""
        paper_end, cover = "paper_end" in self.faults, "cover_open" in self.faults
        cutter, near = "cutter" in self.faults, "near_end" in self.faults
        bits = {
            1: 0x08 if self.stopped else 0,
            2: (0x04 if cover else 0) | (0x20 if paper_end else 0) | (0x40 if cutter else 0),
            3: 0x08 if cutter else 0,
            4: (0x0C if near or paper_end else 0) | (0x60 if paper_end else 0),
        }
        return 0x12 | bits[question]

    def automatic(self) -> bytes:
        """The four bytes of automatic status."""
        first = 0x10 | (0x08 if self.stopped else 0) | (0x20 if "cover_open" in self.faults else 0)
        second = 0x08 if "cutter" in self.faults else 0
        return bytes([first, second, self.paper(), 0x0F])

    def paper(self) -> int:
        """The answer to GS r 1."""
        end = "paper_end" in self.faults
        return (0x03 if end or "near_end" in self.faults else 0) | (0x0C if end else 0)
