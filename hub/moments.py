"""Time: UTC inside, Asia/Shanghai where people read it; the clock is always given, never taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def system_clock() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """The calendar day in China at a moment."""
    return _here(at).date()


def local_text(at: datetime | None) -> str:
    """A moment as people here read it: `2026-11-23 19:20`."""
    return "" if at is None else _here(at).strftime("%Y-%m-%d %H:%M")


def _here(at: datetime) -> datetime:
    """In China; the last hours that a calendar has, which only a clock gone mad says, are no reason to show nothing."""
    try:
        return at.astimezone(SHANGHAI)
    except OverflowError:
        return at


def ago_text(at: datetime | None, now: datetime) -> str:
    """How long ago something was, in Chinese, to the precision a person needs."""
    if at is None:
        return "从未"
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {unit}前"
    return f"{seconds} 秒前"
