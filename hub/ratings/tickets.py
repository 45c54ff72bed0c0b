"""What clerks do with the tickets of bad ratings: each act once, over the locked ticket, into its journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import answer, lock_cases
from hub.clocks.clock import Clock, Reading, read
from hub.clocks.keeping import extensions, stops_of
from hub.desk import DeskTrouble
from hub.hub import Hub
from hub.moments import local_day
from hub.notices.making import notify
from hub.ratings.served import served_by
from hub.ratings.state import KINDS, Act, Bounds, IllegalTicketAct, Standing, after
from hub.ratings.tables import Rating, RatingStep, RatingTicket
from hub.staff import SignedIn
from hub.tables import Case
from hub.withdrawals import read_addressee

_WORDLESS: Final[frozenset[Act]] = frozenset(("grant", "approve", "uphold"))
_SPEAK: Final[frozenset[Act]] = frozenset(("approve", "uphold"))
"""After these the resident hears the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form of the ticket's page says."""

    act: Act
    words: str = ""
    kind: str = ""
    days: int = 0


def bounds_of(hub: Hub) -> Bounds:
    """The limits of this installation."""
    had = hub.settings
    return Bounds(had.rating_simple_days, had.rating_complex_days, had.rating_extension_days, had.rating_calls)


def standing(row: RatingTicket, rated: frozenset[str] = frozenset()) -> Standing:
    """How a ticket stands, as a value; with whom it is about, where somebody wants to do something."""
    return Standing(
        rated=rated,
        limit_days=row.limit_days,
        state=row.state,  # type: ignore[arg-type]  # only this module and the opening write it
        kind=row.kind,
        unreached=row.unreached,
        asked_by=row.asked_by,
        asked_days=row.asked_days,
        dismissed=row.dismissed,
        extra_days=row.extra_days,
    )


def reading_of(session: Session, hub: Hub, row: RatingTicket, days: int, today: date | None = None) -> Reading:
    """How one of the ticket's clocks stands, by the working days and extensions that cases go by."""
    clock = Clock(row.begins_on, days, stops_of(extensions(session, row.region), row.region))
    return read(clock, hub.calendar, today or local_day(hub.clock()), hub.settings.clock_yellow_share)


def due_reading(session: Session, hub: Hub, row: RatingTicket) -> Reading:
    """How it stands to its end, or to the call while nobody has called."""
    days = hub.settings.rating_contact_days if row.state == "open" else standing(row).days
    return reading_of(session, hub, row, days)


def open_tickets(session: Session, hub: Hub, who: SignedIn) -> Sequence[RatingTicket]:
    """The tickets of a clerk's divisions that are hers to work on, oldest first: none that is about herself."""
    here = RatingTicket.region.startswith(who.region_prefix, autoescape=True)
    wanted = select(RatingTicket, Case).join(Case, Case.id == RatingTicket.case_id)
    wanted = wanted.where(here, RatingTicket.state != "closed").order_by(RatingTicket.id)
    rows = session.execute(wanted.limit(hub.settings.rating_rows))
    return [row for row, case in rows if who.name not in served_by(session, case)]


def steps(session: Session, ticket_id: int, limit: int) -> list[RatingStep]:
    """The ticket's journal, oldest first."""
    newest = select(RatingStep).where(RatingStep.ticket_id == ticket_id).order_by(RatingStep.id.desc()).limit(limit)
    return list(reversed(session.scalars(newest).all()))


def work_on(hub: Hub, ticket_id: int, who: SignedIn, asked: Asked) -> DeskTrouble | None:
    """One act of a clerk; what the page offers may be over when it is pressed, and then it is said why."""
    words = " ".join(asked.words.split())
    if not words and asked.act not in _WORDLESS:
        return DeskTrouble("hub.desk.trouble.why", 422)
    if len(words) > hub.settings.desk_reason_chars:
        return DeskTrouble("hub.desk.trouble.long", 422)
    with hub.database.reading() as session:  # the answer's key is slow to make: before any lock
        case = session.get_one(Case, session.get_one(RatingTicket, ticket_id).case_id)
        addressee = read_addressee(session, hub, case) if asked.act in _SPEAK else None
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case.id})
        row = session.get_one(RatingTicket, ticket_id, with_for_update=True, populate_existing=True)
        try:
            stands = standing(row, served_by(session, case))
            moved = after(stands, asked.act, who.name, bounds_of(hub), kind=asked.kind, days=asked.days)
        except IllegalTicketAct as trouble:
            return DeskTrouble(trouble.text, 422 if trouble.text in _SHAPES else 409)
        _write(row, moved)
        _follow(session, hub, row, asked.act, words)
        said = f"{words}（{asked.days}）" if asked.act == "ask_extension" else words
        session.add(
            RatingStep(
                ticket_id=row.id, act=asked.act, actor=who.name, state_after=row.state, words=said, at=hub.clock()
            )
        )
        session.flush()
        if asked.act in _SPEAK:
            notify(session, hub, case, "rating_reply", str(row.id), hub.texts("hub.ratings.replied", reply=row.reply))
        if asked.act in _SPEAK and addressee is not None:
            answer(session, hub, case, addressee)
    return None


_SHAPES: Final = ("hub.ratings.trouble.kind", "hub.ratings.trouble.days")


def _write(row: RatingTicket, to: Standing) -> None:
    row.state, row.kind, row.unreached, row.asked_by = to.state, to.kind, to.unreached, to.asked_by
    row.asked_days, row.dismissed = to.asked_days, to.dismissed
    row.limit_days, row.extra_days = to.limit_days, to.extra_days


def _follow(session: Session, hub: Hub, row: RatingTicket, act: Act, words: str) -> None:
    """What an act leads to beside the ticket's state."""
    now = hub.clock()
    match act:
        case "reached" | "unreachable":
            row.contacted_on = local_day(now)
        case "answer" | "appeal":
            row.draft = words
        case "approve" | "uphold":
            row.reply = row.draft if act == "approve" else hub.texts("hub.ratings.set_aside")
            due = reading_of(session, hub, row, standing(row).days).due
            row.closed_at, row.closed_month = now, local_day(now).isoformat()[:7]
            row.in_time = due is None or local_day(now) <= due
            session.get_one(Rating, row.case_id).set_aside = act == "uphold"
        case _:
            return


def kind_choices(hub: Hub) -> tuple[tuple[str, str], ...]:
    """How a matter may be judged, and what it means."""
    return tuple((kind, hub.texts(f"hub.ratings.kind.{kind}")) for kind in KINDS)
