"""What residents cannot do right now, where, and for how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.clocks.clock import Light
from hub.clocks.keeping import guessed_years, lights
from hub.fleet import TerminalState, TerminalView
from hub.hub import Hub
from hub.tables import Alarm, Case, Due, InboxEvent

_LONG_AGO_DAYS: Final = 30
_CANNOT: Final = {
    "id_card": "hub.cannot.id_card",
    "receipt_printer": "hub.cannot.receipt_printer",
    "face_camera": "hub.cannot.face_camera",
}


@dataclass(frozen=True, slots=True)
class Hardship:
    """One thing residents cannot do at one terminal, and how many wait for it there."""

    terminal: TerminalView
    text: str
    advice: str
    severity: str  # stop | limit | watch
    people: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of the console."""

    hardships: tuple[Hardship, ...]
    counts: dict[str, int]
    people: int
    cases_today: int
    in_review: int
    lights: dict[Light, int]
    guessed: tuple[int, ...]  # years whose holidays are not in the calendar
    parked: int


def overview(session: Session, hub: Hub, views: list[TerminalView], prefix: str = "") -> Overview:
    """Hardships ranked by what stops people first, then by the oldest application that has not arrived."""
    people = _people(session, hub)
    found = [one for view in views for one in _hardships(hub, view, people.get(view.id, 0))]
    alarmed = set(session.scalars(select(Alarm.terminal_id).where(Alarm.settled_at.is_(None))))
    what, advice = hub.texts("hub.cannot.alarm"), hub.texts("hub.advice.alarm")
    found += [Hardship(view, what, advice, "limit", 0, None) for view in views if view.id in alarmed]
    rank = {"stop": 0, "limit": 1, "watch": 2}
    found.sort(key=lambda one: (rank[one.severity], one.oldest or datetime.max.replace(tzinfo=UTC), -one.people))
    here = Case.region.startswith(prefix, autoescape=True)
    day_start = hub.clock() - timedelta(days=1)
    return Overview(
        hardships=tuple(found),
        counts={state.value: sum(view.state is state for view in views) for state in TerminalState},
        people=sum(people.get(key, 0) for key in {one.terminal.id for one in found if one.severity == "stop"}),
        cases_today=_count(session, here, Case.received_at >= day_start),
        in_review=_count(session, here, Case.state == "in_review"),
        lights=lights(session, prefix),
        guessed=guessed_years(session, hub, prefix),
        parked=_parked(session, {view.id for view in views}),
    )


def _parked(session: Session, terminals: set[str]) -> int:
    """Events of these terminals that wait for a person."""
    wanted = select(InboxEvent.source, func.count()).where(InboxEvent.status == "parked").group_by(InboxEvent.source)
    return sum(count for source, count in session.execute(wanted) if source.split("/")[1] in terminals)


def _hardships(hub: Hub, view: TerminalView, people: int) -> Iterator[Hardship]:
    texts = hub.texts
    if view.state is TerminalState.UNKNOWN:
        yield Hardship(view, texts("hub.cannot.unknown"), texts("hub.advice.silent"), "stop", people, view.oldest)
        return
    if view.state is TerminalState.NEVER:
        yield Hardship(view, texts("hub.cannot.never"), texts("hub.advice.never"), "watch", people, None)
        return
    if view.screen == "unknown":
        yield Hardship(view, texts("hub.cannot.screen"), texts("hub.advice.screen"), "stop", people, view.oldest)
    for device in view.broken:
        text = texts(_CANNOT.get(device.role, "hub.cannot.device"), device=device.name)
        severity = "watch" if device.well else "limit"
        text = texts("hub.cannot.soon", device=device.name) if device.well else text
        yield Hardship(view, text, device.advice, severity, people, view.oldest)
    if view.room.refuses:
        severity = "stop" if view.room.takes == "nothing" else "limit"
        text = texts(f"hub.cannot.room.{view.room.takes}", cause=view.room.cause_text)
        yield Hardship(view, text, texts("hub.advice.room"), severity, people, view.oldest)
    elif view.room.soon:
        text = texts("hub.cannot.room.soon", percent=str(round(view.room.full * 100)))
        yield Hardship(view, text, texts("hub.advice.room"), "watch", people, view.oldest)
    if view.waiting:
        text = texts("hub.cannot.waiting", count=str(view.waiting), ago=view.oldest_ago)
        yield Hardship(view, text, texts("hub.advice.waiting"), "watch", view.waiting, view.oldest)


def _people(session: Session, hub: Hub) -> dict[str, int]:
    """For each terminal: residents it serves who have something due, and those who came lately."""
    since = hub.clock() - timedelta(days=_LONG_AGO_DAYS)
    due = select(Due.terminal_id, func.count(func.distinct(Due.subject))).group_by(Due.terminal_id)
    came = (
        select(Case.terminal_id, func.count(func.distinct(Case.subject)))
        .where(Case.received_at >= since)
        .group_by(Case.terminal_id)
    )
    people: dict[str, int] = {}
    for terminal_id, count in (*session.execute(due), *session.execute(came)):
        people[terminal_id] = people.get(terminal_id, 0) + count
    return people


def _count(session: Session, *where: object) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(*where)) or 0  # type: ignore[arg-type]
