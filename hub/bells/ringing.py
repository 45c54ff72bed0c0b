"""A terminal rings, asks how its bell stands, and clerks answer: each in one short transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.bells.standing import Bounds, Rung, Standing, What, standing
from hub.bells.tables import Bell
from hub.hub import Hub
from hub.identity.roles import RIGHTS, Right, region_prefix
from hub.problems import Problem
from hub.settings import HubSettings
from hub.staff import SignedIn
from hub.tables import StaffAccount, Terminal
from offline.wire.bell import BellReply, BellRing, BellView

_ANSWERS: Final = tuple(role for role, rights in RIGHTS.items() if Right.DESK in rights)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Calling:
    """A bell in the desk's list."""

    id: int
    terminal_name: str
    screen: str  # its name as clerks read it
    rung_at: datetime
    answered_by: str | None
    standing: Standing


def bounds_of(settings: HubSettings) -> Bounds:
    """How long nobody may answer, from the settings."""
    return Bounds(
        above_after=timedelta(minutes=settings.bell_above_minutes),
        lapses_after=timedelta(minutes=settings.bell_lapse_minutes),
        coming_lasts=timedelta(minutes=settings.bell_coming_minutes),
    )


def ring(hub: Hub, terminal_id: str, asked: BellRing) -> BellReply:
    """One open bell for each terminal: whoever rings again is told of the one that rings; raises Problem."""
    with hub.database.writing() as session:
        terminal = session.get_one(Terminal, terminal_id, with_for_update=True)
        same = select(Bell).where(Bell.terminal_id == terminal_id, Bell.ring == asked.id)
        known = session.scalars(same).one_or_none() or _open(session, hub, terminal_id)
        if known is None:
            now = hub.clock()
            lately = select(func.count()).where(Bell.terminal_id == terminal_id, Bell.rung_at > now - _HOUR)
            if (session.scalar(lately) or 0) >= hub.settings.bells_per_hour:
                wait_s = hub.settings.bell_again_s
                raise Problem("bell_often", 429, "这台终端刚才呼叫得太多，请过一会儿再呼叫。", retry_after=wait_s)
            known = Bell(
                ring=asked.id, terminal_id=terminal_id, region=terminal.region, screen=asked.screen, rung_at=now
            )
            session.add(known)
            session.flush()
        return BellReply(bell=_view(session, hub, known))


def last_bell(hub: Hub, terminal_id: str) -> BellReply:
    """The last bell while it is open, and for a while afterwards, so that the screen can say how it ended."""
    with hub.database.reading() as session:
        row = _last(session, terminal_id)
        told = timedelta(minutes=hub.settings.bell_lapse_minutes + hub.settings.bell_coming_minutes)
        if row is None or hub.clock() - row.rung_at > told:
            return BellReply()
        return BellReply(bell=_view(session, hub, row))


def calling(session: Session, hub: Hub, who: SignedIn) -> list[Calling]:
    """The bells that reach this clerk and that nobody has settled: ringing ones first, the longest waiting on top."""
    since = hub.clock() - timedelta(hours=hub.settings.bell_shown_hours)
    here = Bell.region.startswith(who.region_prefix, autoescape=True)
    wanted = select(Bell, Terminal.name).join(Terminal, Terminal.id == Bell.terminal_id)
    wanted = wanted.where(here, Bell.done_at.is_(None), Bell.rung_at > since).order_by(Bell.rung_at)
    found = [
        Calling(row.id, name, _screen(hub, row.screen), row.rung_at, row.answered_by, stands)
        for row, name in session.execute(wanted.limit(hub.settings.bell_rows))
        if _reaches(who, row, stands := _standing(session, hub, row))
    ]
    return sorted(found, key=lambda one: (not one.standing.open, one.rung_at))


def answer(hub: Hub, bell_id: int, who: SignedIn) -> str:
    """我来了: the terminal says that somebody is coming. A text id where it could not be taken; raises Problem."""
    with hub.database.writing() as session:
        row, stands = _before(session, hub, bell_id, who)
        if row.done_at is not None or stands.state == "done":
            return "hub.desk.trouble.bell_done"
        if row.answered_at is not None:
            return "" if row.answered_by == who.name else "hub.desk.trouble.bell_taken"
        row.answered_at, row.answered_by, row.answered_region = hub.clock(), who.name, who.region
    return ""


def settle(hub: Hub, bell_id: int, who: SignedIn, what: What) -> str:
    """已处理: what it was. A text id where somebody has said so already; raises Problem."""
    with hub.database.writing() as session:
        row, _ = _before(session, hub, bell_id, who)
        if row.done_at is not None:
            return "" if (row.done_by, row.what) == (who.name, what) else "hub.desk.trouble.bell_done"
        row.done_at, row.done_by, row.what = hub.clock(), who.name, what
    return ""


def _screen(hub: Hub, name: str) -> str:
    known = f"hub.bell.screen.{name}"
    return hub.texts(known if known in hub.texts else "hub.bell.screen.other")


def _before(session: Session, hub: Hub, bell_id: int, who: SignedIn) -> tuple[Bell, Standing]:
    row = session.get(Bell, bell_id, with_for_update=True)
    if row is not None and row.region.startswith(who.region_prefix):
        stands = _standing(session, hub, row)
        if _reaches(who, row, stands):
            return row, stands
    raise Problem("bell_unknown", 404, "没有这次呼叫。")


def _reaches(who: SignedIn, row: Bell, stands: Standing) -> bool:
    """The clerks of where it stands (mostly a village) hear of a bell at once, those above when nobody answered."""
    return who.region_prefix == region_prefix(row.region) or stands.called == "above"


def _last(session: Session, terminal_id: str) -> Bell | None:
    newest = select(Bell).where(Bell.terminal_id == terminal_id).order_by(Bell.id.desc()).limit(1)
    return session.scalars(newest).first()


def _open(session: Session, hub: Hub, terminal_id: str) -> Bell | None:
    row = _last(session, terminal_id)
    return row if row is not None and _standing(session, hub, row).open else None


def _standing(session: Session, hub: Hub, row: Bell) -> Standing:
    rung = Rung(row.rung_at, row.answered_at, row.answered_region, row.done_at, _alone(session, row.region))
    return standing(rung, hub.clock(), bounds_of(hub.settings))


def _alone(session: Session, region: str) -> bool:
    """Whether the village has no clerk's account at all: then nobody there could answer."""
    there = select(StaffAccount.name).where(
        StaffAccount.region == region, StaffAccount.role.in_(_ANSWERS), StaffAccount.closed_at.is_(None)
    )
    return session.scalars(there.limit(1)).first() is None


def _view(session: Session, hub: Hub, row: Bell) -> BellView:
    stands = _standing(session, hub, row)
    return BellView(
        id=row.ring,
        state=stands.state,
        rung_at=row.rung_at,
        called=stands.called,
        answered_at=row.answered_at,
        answered_from=stands.answered_from,
    )
