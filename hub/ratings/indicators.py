"""The published figures of the 好差评: only what was given counts, and beside it stands how many said nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Integer, cast, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from hub.casework.state import SETTLED
from hub.explanation import item_name
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day
from hub.ratings.tables import Rating, RatingTicket
from hub.tables import Case
from seeds.ratings.questions import GOOD_FROM

COUNTY: Final = 6
VILLAGE: Final = 12


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one division or one item in one month."""

    name: str
    settled: int = 0  # cases settled in the month
    rated: int = 0  # of these, how many were rated, whenever
    levels: Mapping[int, int] = field(default_factory=dict)  # ratings given in the month
    least: int = 0  # with fewer ratings no share is told

    @property
    def given(self) -> int:
        """Ratings given in the month."""
        return sum(self.levels.values())

    @property
    def satisfied(self) -> str:
        """The share of 基本满意 and better among those who said something."""
        good = sum(count for level, count in self.levels.items() if level >= GOOD_FROM)
        return share(good, self.given) if self.given >= max(1, self.least) else ""

    @property
    def active(self) -> str:
        """The share of settled cases that were rated; silence is no praise, it is silence."""
        return share(self.rated, self.settled)


@dataclass(frozen=True, slots=True)
class Indicators:
    """One month."""

    month: str
    whole: Row
    divisions: tuple[Row, ...]
    items: tuple[Row, ...]
    set_aside: int
    bad: int
    closed: int
    closed_in_time: str
    open_now: int
    least: int


def share(part: int, whole: int) -> str:
    """A share in per cent, one decimal; empty where there is nothing to share."""
    return f"{100 * part / whole:.1f}%" if whole else ""


def months(hub: Hub) -> tuple[str, ...]:
    """The months that can be looked at, the newest first."""
    found, first = [], local_day(hub.clock()).replace(day=1)
    for _ in range(hub.settings.indicators_months):
        found.append(first.isoformat()[:7])
        first = (first - timedelta(days=1)).replace(day=1)
    return tuple(found)


def indicators(session: Session, hub: Hub, month: str, prefix: str, digits: int, least: int) -> Indicators:
    """The figures of a month below a division, by divisions of so many digits and by items."""
    begins = datetime.combine(date.fromisoformat(f"{month}-01"), datetime.min.time(), SHANGHAI)
    ends = (begins + timedelta(days=32)).replace(day=1)
    place = func.substr(Case.region, 1, digits)
    settled = (
        select(place, Case.item, func.count(), func.sum(cast(when((Rating.case_id.is_not(None), 1), else_=0), Integer)))
        .outerjoin(Rating, Rating.case_id == Case.id)
        .where(Case.parent_id.is_(None), Case.state.in_(SETTLED), Case.decided_at >= begins, Case.decided_at < ends)
        .where(Case.region.startswith(prefix, autoescape=True))
        .group_by(place, Case.item)
        .limit(hub.settings.indicators_rows)
    )
    rated_in = func.substr(Rating.region, 1, digits)
    here = Rating.region.startswith(prefix, autoescape=True)
    given = (
        select(rated_in, Rating.item, Rating.level, func.count())
        .where(Rating.month == month, Rating.set_aside.is_(False), here)
        .group_by(rated_in, Rating.item, Rating.level)
        .limit(5 * hub.settings.indicators_rows)
    )
    cases = [(str(at), str(item), int(all_), int(rated)) for at, item, all_, rated in session.execute(settled)]
    levels = [(str(at), str(item), int(level), int(count)) for at, item, level, count in session.execute(given)]
    divisions = {at for at, *_ in cases} | {at for at, *_ in levels}
    items = {item for _, item, *_ in cases} | {item for _, item, *_ in levels}

    def row(name: str, at: str | None, item: str | None) -> Row:
        mine = [one for one in cases if at in (None, one[0]) and item in (None, one[1])]
        counted: dict[int, int] = {}
        for place_, item_, level, count in levels:
            if at in (None, place_) and item in (None, item_):
                counted[level] = counted.get(level, 0) + count
        return Row(name, sum(one[2] for one in mine), sum(one[3] for one in mine), counted, least)

    whole = row(hub.texts("hub.ratings.all"), None, None)
    in_time, closed = _closed(session, month, prefix)
    waiting = select(func.count()).where(RatingTicket.state != "closed")
    aside = select(func.count()).where(Rating.month == month, Rating.set_aside.is_(True), here)
    return Indicators(
        month=month,
        whole=whole,
        divisions=tuple(row(_place_name(hub, at), at, None) for at in sorted(divisions)),
        items=tuple(row(item_name(hub, item), None, item) for item in sorted(items)),
        set_aside=session.scalar(aside) or 0,
        bad=sum(count for level, count in whole.levels.items() if level < GOOD_FROM),
        closed=closed,
        closed_in_time=share(in_time, closed),
        open_now=session.scalar(waiting.where(RatingTicket.region.startswith(prefix, autoescape=True))) or 0,
        least=least,
    )


def _closed(session: Session, month: str, prefix: str) -> tuple[int, int]:
    here = RatingTicket.region.startswith(prefix, autoescape=True)
    by_time = select(RatingTicket.in_time, func.count()).where(RatingTicket.closed_month == month, here)
    counted = {bool(kept): int(n) for kept, n in session.execute(by_time.group_by(RatingTicket.in_time))}
    return counted.get(True, 0), sum(counted.values())


def _place_name(hub: Hub, digits: str) -> str:
    code = digits.ljust(VILLAGE, "0")
    return hub.regions.full_name(code) if code in hub.regions else digits
