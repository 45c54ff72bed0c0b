"""The calendar of working days: weekends, holidays and the weekend days that are worked instead, a file a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from seeds.places import CALENDAR
from seeds.trouble import SeedTrouble

_SATURDAY: Final = 5
_LONGEST_DAYS: Final = 15  # no holiday is longer: more is a slip of the pen


class _Holiday(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(min_length=1)
    first: date
    last: date


class _Year(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    year: int = Field(ge=2000, le=2200)
    complete: bool  # whether the year's notice is in it; else only what the law fixes
    as_of: date
    source: str = Field(min_length=1)
    off: tuple[_Holiday, ...] = Field(min_length=1, max_length=20)
    worked: tuple[date, ...] = Field(max_length=30)


@dataclass(frozen=True)
class WorkCalendar:
    """Says of a day whether it is worked; of a year it has no notice for, it says so and goes by the weekend."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]  # whose notice is complete

    @classmethod
    def load(cls, folder: Path = CALENDAR) -> WorkCalendar:
        """Reads the files; a day outside its year, or both off and worked, raises FileTrouble."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        off, worked, years = set[date](), set[date](), set[int]()
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            data = parsed(_Year, file, file.mapping())
            for n, holiday in enumerate(data.off):
                days = (holiday.last - holiday.first).days + 1
                if not 1 <= days <= _LONGEST_DAYS or {holiday.first.year, holiday.last.year} != {data.year}:
                    raise file.trouble(("off", n), f"“{holiday.name}”的起止日期不对。", "请对照放假通知改正。")
                off.update(holiday.first + timedelta(days=day) for day in range(days))
            for n, day in enumerate(data.worked):
                if day.year != data.year or day.weekday() < _SATURDAY or day in off:
                    raise file.trouble(("worked", n), f"{day} 不像调休上班日。", "调休上班日是周末里不放假的一天。")
            worked.update(data.worked)
            if data.complete:
                years.add(data.year)
        if not off:
            raise SeedTrouble(f"{folder} 里没有工作日历。", "请检查安装是否完整。")
        return cls(frozenset(off), frozenset(worked), frozenset(years))

    def is_working(self, day: date) -> bool:
        """Whether people are at work that day."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def knows(self, year: int) -> bool:
        """Whether the notice of that year is in the data; else its days may be out by a few."""
        return year in self.years
