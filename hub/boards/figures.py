"""The figures of the board, from what was counted of cases. Pure: no share without what it is a share of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Final, Literal

from seeds.form import FormField
from seeds.item import Item

Flag = Literal["at_once", "online", "nearby", "one_trip", "quick_report", "quick_approval", "both"]
FLAGS: Final[tuple[Flag, ...]] = ("at_once", "online", "nearby", "one_trip", "quick_report", "quick_approval", "both")
"""马上办、网上办、就近办、一次办; 秒报, 秒批, and both in one."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """In per cent, one decimal; None where there is nothing to share."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True, slots=True)
class Counts:
    """What is added up of cases."""

    settled: int = 0  # decided by rule or clerk in the time looked at
    same_day: int = 0  # of these, on the day they were received
    late: int = 0  # of these, after the promised day
    worked_days: int = 0  # working days of all of these together
    open: int = 0
    yellow: int = 0
    red: int = 0  # open, and past the promised day
    counted: int = 0  # approved cases of which it is known what they spared
    documents: int = 0
    of_documents: int = 0
    fields: int = 0
    of_fields: int = 0
    signatures: int = 0
    seals: int = 0  # certificates sealed without a stamp on paper
    trips: int = 0  # settled where it was filed, nobody was asked to come again

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def cases(self) -> int:
        """How many cases stand behind the figures."""
        return self.settled + self.open


@dataclass(frozen=True, slots=True)
class Line:
    """One item, or one division: its limits, and its figures unless too few cases stand behind them."""

    id: str
    name: str
    statutory: int | None = None  # working days
    promised: int | None = None
    counts: Counts | None = None  # None: too few, they would tell of single people
    flags: frozenset[Flag] = field(default_factory=frozenset)

    @property
    def cut(self) -> float | None:
        """压减率: by how much the promise is shorter than the law's limit, in per cent; None without both."""
        if not self.statutory or self.promised is None:
            return None
        return round(100 * (1 - self.promised / self.statutory), 1)

    @property
    def same_day(self) -> Share:
        """即办率."""
        return Share(self.counts.same_day, self.counts.settled) if self.counts else Share(0, 0)

    @property
    def mean_days(self) -> float | None:
        """Working days from receipt to decision, on the average."""
        if self.counts is None or not self.counts.settled:
            return None
        return round(self.counts.worked_days / self.counts.settled, 1)

    def share(self, part: str, whole: str) -> Share:
        """One count as a part of another."""
        return Share(getattr(self.counts, part), getattr(self.counts, whole)) if self.counts else Share(0, 0)


def shown(lines: Sequence[Line], least: int) -> tuple[Line, ...]:
    """The lines with everything left out that few cases stand behind.

    A single line left out could be had back from the sum, so then the smallest of the others goes too.
    """
    there = {line.id: line.counts for line in lines if line.counts is not None and line.counts.cases}
    behind = {name: counts.cases for name, counts in there.items()}
    hidden = {name for name, counts in there.items() if counts.cases < least or 0 < counts.settled < least}
    left = sorted((cases, name) for name, cases in behind.items() if name not in hidden)
    if len(hidden) == 1 and left:
        hidden.add(left[0][1])
    return tuple(
        Line(one.id, one.name, one.statutory, one.promised, None, one.flags) if one.id in hidden else one
        for one in lines
    )


def together(counts: Iterable[Counts]) -> Counts:
    """The sum."""
    return sum(counts, Counts())


def flags_of(item: Item) -> frozenset[Flag]:
    """What the item's data say of how it is done."""
    is_quick_report = all(map(_filled, item.form)) and all(one.replaced_by for one in item.documents if one.required)
    is_quick_approval = item.handling == "instant"
    found: dict[Flag, bool] = {
        "at_once": item.handling == "instant",
        "online": bool({"terminal", "phone"} & set(item.channels)),
        "nearby": "terminal" in item.channels,
        "one_trip": item.visits <= 1,
        "quick_report": is_quick_report,
        "quick_approval": is_quick_approval,
        "both": is_quick_report and is_quick_approval,
    }
    return frozenset(flag for flag, holds in found.items() if holds)


def _filled(one: FormField) -> bool:
    return not one.editable and bool(one.prefill)
