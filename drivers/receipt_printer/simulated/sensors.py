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
        "short_roll": "纸卷只剩两米",
        "cover_open": "打印机盖打开",
        "cover_open_midway": "打印时有人开盖",
        "head_up": "打印头抬起",
        "offline": "打印机离线",
        "cutter": "切刀卡住",
        "jam": "卡纸",
        "jam_midway": "打到一半卡纸",
        "mark_missing": "找不到纸上的黑标",
        "overheated": "打印头过热",
        "overheated_midway": "打到一半过热",
        "voltage": "电压不稳",
        "silent": "打印机不应答",
        "silent_midway": "打到一半不应答",
        "deaf_to_purge": "清不掉没打完的内容",
        "slip_left": "凭条没人拿",
        "chatter": "不断自己报告状态",
        "garbage": "线上有杂讯",
    }
)
"""What can be wrong; `_midway` comes true 20 mm into the next ticket, `deaf_to_purge` forgets nothing when told to."""

MIDWAY: Final = "_midway"
_ERRORS: Final = frozenset(("cutter", "jam", "mark_missing", "overheated", "voltage"))
_STOPPING: Final = _ERRORS | {"paper_end", "cover_open", "head_up", "offline"}
_OPENED: Final = frozenset(("paper_end", "cover_open", "head_up", "jam", "silent"))
_NOISE: Final = b"\xff\x91\x00"
"""Nothing, nothing, and what looks like the word that a slip is through."""


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

    @property
    def opened(self) -> bool:
        """Whether putting it right opens the printer, so that what hangs under the head is torn off."""
        return bool(self.faults & _OPENED)

    def come_true(self) -> None:
        """What was to happen midway happens."""
        for fault in [each for each in self.faults if each.endswith(MIDWAY)]:
            self.faults.discard(fault)
            self.faults.add(fault.removesuffix(MIDWAY))

    def spoiled(self, answer: bytes) -> bytes:
        """An answer as it leaves a printer that chatters or a line with noise."""
        before = self.automatic() if "chatter" in self.faults else b""
        return before + (_NOISE if "garbage" in self.faults else b"") + answer

    def real_time(self, question: int) -> int:
        """The answer to DLE EOT 1 to 4."""
        end, near = self._has("paper_end"), self._has("near_end")
        bits = {
            1: 0x08 * self.stopped,
            2: 0x04 * self._has("cover_open", "head_up") | 0x20 * end | 0x40 * self._has(*_ERRORS),
            3: self._causes(),
            4: 0x0C * (near or end) | 0x60 * end,
        }
        return 0x12 | bits[question]

    def automatic(self) -> bytes:
        """The four bytes of automatic status."""
        first = 0x10 | 0x08 * self.stopped | 0x20 * self._has("cover_open", "head_up")
        return bytes([first, self._causes(), self.paper(), 0x0F])

    def paper(self) -> int:
        """The answer to GS r 1."""
        end = self._has("paper_end")
        return 0x03 * (end or self._has("near_end")) | 0x0C * end

    def full(self, *, slip_in_mouth: bool) -> bytes:
        """The answer to DLE EOT 20."""
        paper = self._has("paper_end") | 0x04 * self._has("near_end") | 0x20 * slip_in_mouth
        user = self._has("head_up") | 0x02 * self._has("cover_open")
        recoverable = (
            self._has("overheated")
            | 0x08 * self._has("voltage", "offline")
            | 0x40 * self._has("jam")
            | 0x80 * self._has("mark_missing")
        )
        return bytes([0x10, 0x0F, paper, user, recoverable, self._has("cutter")])

    def ejector(self, *, slip_in_mouth: bool) -> int:
        """The answer to GS e 6."""
        return self._has("near_end") | 0x04 | 0x08 * slip_in_mouth | 0x80 * self._has("jam")

    def _causes(self) -> int:
        return (
            0x04 * self._has("jam", "mark_missing")
            | 0x08 * self._has("cutter")
            | 0x20 * self._has("voltage")
            | 0x40 * self._has("overheated")
        )

    def _has(self, *faults: str) -> bool:
        return any(fault in self.faults for fault in faults)
