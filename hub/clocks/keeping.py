"""Keeps the clocks of cases in the database: set at the start, stopped and let go on, swept when a day has turned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, cast

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from hub.casework.state import OPEN, SETTLED
from hub.clocks.clock import LIGHTS, Clock, Light, Reading, Stop, read
from hub.clocks.tables import CasePause, RegionExtension
from hub.hub import Hub
from hub.identity.roles import DIGITS
from hub.moments import local_day
from hub.tables import Case
from seeds.trouble import UnknownItem

_PAUSES_OF_A_CASE: Final = 50
_EXTENSIONS_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """An item's limits in working days, as they were when the case opened."""

    promised: int
    statutory: int | None


def limits_of(hub: Hub, item_id: str) -> Limits:
    """The limits of an item; one that the catalogue no longer knows has none, and is due at once."""
    try:
        found = hub.catalogue.item(item_id).time_limits
    except UnknownItem:
        return Limits(0, None)
    return Limits(found.promised_days, found.statutory_days)


def extensions(session: Session, region: str) -> Sequence[RegionExtension]:
    """The newest extensions of a division and of those above it that stand; one that is over keeps its days out."""
    above = {region[:digits] for digits in DIGITS}
    wanted = select(RegionExtension).where(RegionExtension.prefix.in_(above), RegionExtension.ended_at.is_(None))
    return session.scalars(wanted.order_by(RegionExtension.id.desc()).limit(_EXTENSIONS_AT_ONCE)).all()


def stops_of(extended: Iterable[RegionExtension], region: str) -> tuple[Stop, ...]:
    """The days a region's extensions take out."""
    return tuple(Stop(one.first, one.last + timedelta(days=1)) for one in extended if region.startswith(one.prefix))


def first_reading(hub: Hub, limits: Limits, region: str, extended: Iterable[RegionExtension], today: date) -> Reading:
    """How the clock of a case stands that is received today."""
    clock = Clock(today, limits.promised, stops_of(extended, region))
    return read(clock, hub.calendar, today, hub.settings.clock_yellow_share)


def retime(session: Session, hub: Hub, case: Case) -> None:
    """Reads the case's clock anew and writes down how it stands; a settled case keeps whether it was in time."""
    today = local_day(hub.clock())
    if case.item in hub.themes:
        joined_clock(session, case)
        return
    if case.state in SETTLED:
        if case.light not in ("kept", "missed"):
            case.light = "missed" if case.due_on is not None and today > case.due_on else "kept"
        case.turn_on = None
        return
    if case.begins_on is None or case.limit_days is None:  # opened before there were clocks
        limits = limits_of(hub, case.item)
        case.begins_on = local_day(case.received_at)
        case.limit_days, case.statutory_days = limits.promised, limits.statutory
    paused = select(CasePause).where(CasePause.case_id == case.id).limit(_PAUSES_OF_A_CASE)
    own = tuple(Stop(one.since, one.until) for one in session.scalars(paused))
    stops = own + stops_of(extensions(session, case.handled_in), case.handled_in)
    reading = read(Clock(case.begins_on, case.limit_days, stops), hub.calendar, today, hub.settings.clock_yellow_share)
    case.due_on, case.light, case.turn_on = reading.due, reading.light, reading.turns


def parts_of(session: Session, parent_id: int) -> Sequence[Case]:
    """The parts of a theme's case, in the theme's order."""
    return session.scalars(select(Case).where(Case.parent_id == parent_id).order_by(Case.id)).all()


def joined_clock(session: Session, parent: Case) -> None:
    """A theme's case is due with the last of its parts, and as badly off as the worst of them."""
    parts = parts_of(session, parent.id)
    parent.turn_on = None  # its parts turn, and turn it with them
    if parent.state in SETTLED:
        parent.light = "missed" if any(part.light == "missed" for part in parts) else "kept"
        return
    due = [part.due_on for part in parts if part.state in OPEN]
    dated = [day for day in due if day is not None]
    parent.due_on = max(dated) if len(dated) == len(due) and dated else None
    shown = {part.light for part in parts if part.state in OPEN}
    parent.light = next((light for light in LIGHTS if light in shown), "green")


def stop(session: Session, hub: Hub, case: Case, kind: str, reason: str) -> None:
    """Stops the case's clock from today."""
    session.add(CasePause(case_id=case.id, kind=kind, since=local_day(hub.clock()), until=None, reason=reason[:300]))
    session.flush()


def go_on(session: Session, hub: Hub, case: Case) -> None:
    """Lets the case's clock go on; today counts again."""
    ended = update(CasePause).where(CasePause.case_id == case.id, CasePause.until.is_(None))
    session.execute(ended.values(until=local_day(hub.clock())))


def sweep_clocks(hub: Hub) -> int:
    """Reads anew the clocks that turn by themselves, a bounded batch a transaction; returns how many there were."""
    done, after = 0, 0
    while ids := _sweep_batch(hub, after):
        done, after = done + len(ids), ids[-1]
    return done


def _sweep_batch(hub: Hub, after: int) -> Sequence[int]:
    today = local_day(hub.clock())
    turning = select(Case.id).where(Case.state.in_(OPEN), Case.turn_on <= today, Case.id > after)
    with hub.database.reading() as session:
        ids = session.scalars(turning.order_by(Case.id).limit(hub.settings.clock_batch)).all()
    if not ids:
        return ids
    with hub.database.writing() as session:
        # The feeds are not told of a light: it is read when somebody asks, so only the case itself is locked.
        cases = session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update())
        above = set[int]()
        for case in cases:
            retime(session, hub, case)
            above |= {case.parent_id} if case.parent_id is not None else set()
        session.flush()
        for parent_id in sorted(above):
            joined_clock(session, session.get_one(Case, parent_id, with_for_update=True))
    return ids


def lights(session: Session, prefix: str = "") -> dict[Light, int]:
    """How many open cases of a division stand at each light."""
    counted = select(Case.light, func.count()).where(
        Case.state.in_(OPEN), Case.parent_id.is_(None), Case.handled_in.startswith(prefix, autoescape=True)
    )
    found = {cast("Light", light): count for light, count in session.execute(counted.group_by(Case.light))}
    return {light: found.get(light, 0) for light in LIGHTS}


def guessed_years(session: Session, hub: Hub, prefix: str = "") -> tuple[int, ...]:
    """The years in which open cases fall due and whose notice is not in the calendar; an operator is told."""
    here = Case.handled_in.startswith(prefix, autoescape=True)
    last = session.scalar(select(func.max(Case.due_on)).where(Case.state.in_(OPEN), here))
    today = local_day(hub.clock())
    years = range(today.year, (last or today).year + 1)
    return tuple(year for year in years if not hub.calendar.knows(year))


def mark_region(session: Session, prefix: str, today: date) -> int:
    """Has the sweep look at every open case of a division, without touching them one by one here."""
    within = or_(Case.handled_in == prefix, Case.handled_in.startswith(prefix, autoescape=True))
    marked = update(Case).where(Case.state.in_(OPEN), within).values(turn_on=today)
    return session.execute(marked.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined,no-any-return]
