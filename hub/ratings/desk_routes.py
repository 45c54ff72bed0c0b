"""The desk's pages of tickets that bad ratings opened, and writing down what a resident said on the telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import lock_cases
from hub.desk_door import case_id_of, own_form, page_with, staff_with
from hub.desk_panels import Panel
from hub.explanation import item_name
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.ratings.giving import WORDS_CHARS, From, Given, take_rating, word_on
from hub.ratings.replies import own_rating
from hub.ratings.served import served_by
from hub.ratings.state import Act, open_acts
from hub.ratings.tables import Rating, RatingTicket
from hub.ratings.tickets import (
    Asked,
    bounds_of,
    due_reading,
    kind_choices,
    open_tickets,
    reading_of,
    standing,
    steps,
    work_on,
)
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn
from hub.tables import Case

_LIGHT_ORDER: Final = {"red": 0, "yellow": 1, "green": 2, "stopped": 3}


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in the list."""

    id: int
    item: str
    masked_name: str
    level: str
    state: str
    light: str
    due: str


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/desk/ratings`, `/desk/ratings/{id}` and `POST /desk/cases/{number}/rating`."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    reading, clerk = Depends(page_with(reception, Right.DESK)), Depends(staff_with(reception, Right.DESK))

    @routes.get("/ratings")
    def tickets(who: SignedIn = reading) -> Response:
        with hub.database.reading() as session:
            lines = [_line(session, hub, row) for row in open_tickets(session, hub, who)]
        lines.sort(key=lambda one: (_LIGHT_ORDER.get(one.light, 4), one.due, one.id))
        return pages.show("ratings.html", values=_frame(hub, who) | {"lines": lines})

    @routes.get("/ratings/{ticket_id}")
    def ticket(
        ticket_id: RowNumber, who: SignedIn = reading, trouble: Annotated[str, Query(max_length=60)] = ""
    ) -> Response:
        with hub.database.reading() as session:
            values = _ticket(session, hub, _own(session, ticket_id, who), who)
        known = trouble if trouble.startswith(("hub.ratings.trouble.", "hub.desk.trouble.")) else ""
        values["trouble"] = known if known in hub.texts else ""
        return pages.show("rating.html", values=_frame(hub, who) | values)

    @routes.post("/ratings/{ticket_id}")
    def work(
        ticket_id: RowNumber,
        act: Annotated[Act, Form()],
        words: Annotated[str, Form(max_length=2000)] = "",
        kind: Annotated[str, Form(max_length=10)] = "",
        days: Annotated[int, Form(ge=0, le=999)] = 0,
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        with hub.database.reading() as session:
            _own(session, ticket_id, who)
        trouble = work_on(hub, ticket_id, who, Asked(act, words, kind, days))
        tail = "" if trouble is None else f"?trouble={trouble.text}"
        return RedirectResponse(f"/desk/ratings/{ticket_id}{tail}", 303)

    @routes.post("/cases/{number}/rating")
    def on_the_phone(
        number: str,
        level: Annotated[int, Form(ge=1, le=5)],
        said: Annotated[str, Form(max_length=WORDS_CHARS)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        """A clerk writes down what a resident said at a call-back; never about a case that the clerk decided."""
        own_form(csrf, who)
        case_id = case_id_of(hub, number, who)
        try:
            given = Given(level=level, words=" ".join(said.split()))
        except ValidationError:
            return RedirectResponse(f"/desk/cases/{number}?trouble=hub.desk.trouble.long", 303)
        with hub.database.writing() as session:
            (case,) = lock_cases(session, {case_id})
            if own_work(session, case, who):
                word = "own_work"
            else:
                word = str(take_rating(session, hub, case, given, From("call_back", who.name)))
        tail = "" if word == "taken" else f"?trouble=hub.desk.trouble.rating_{word}"
        return RedirectResponse(f"/desk/cases/{number}{tail}", 303)

    return routes


def rating_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """How the service of a case was rated, and noting what was said at a call-back."""
    own = own_rating(session, hub, case)
    row = session.get(Rating, case.id)
    may_note = row is None and word_on(session, case, "call_back") == "taken" and not own_work(session, case, who)
    if row is None and not may_note:
        return None
    ticket = session.scalars(select(RatingTicket.id).where(RatingTicket.case_id == case.id)).one_or_none()
    levels = [(level, hub.questionnaires.current.level(level).zh_hans) for level in (5, 4, 3, 2, 1)]
    values = {"own": own, "row": row, "ticket": ticket, "levels": levels, "chars": WORDS_CHARS, "may_note": may_note}
    return Panel("desk/rating.html", values)


def own_work(session: Session, case: Case, who: SignedIn) -> bool:
    """Whether this clerk had a hand in the case: nobody writes down praise for oneself."""
    return who.name in served_by(session, case)


def _own(session: Session, ticket_id: int, who: SignedIn) -> RatingTicket:
    row = session.get(RatingTicket, ticket_id)
    if row is None or not row.region.startswith(who.region_prefix):
        raise Problem("ticket_unknown", 404, "没有这张评价工单。")
    return row


def _frame(hub: Hub, who: SignedIn) -> dict[str, object]:
    return {"who": who, "here": "ratings", "refresh_s": hub.settings.refresh_s, "now": local_text(hub.clock())}


def _line(session: Session, hub: Hub, row: RatingTicket) -> Line:
    case, reading = session.get_one(Case, row.case_id), due_reading(session, hub, row)
    return Line(
        id=row.id,
        item=item_name(hub, case.item),
        masked_name=case.masked_name,
        level=own_rating(session, hub, case).level,
        state=row.state,
        light=reading.light,
        due="" if reading.due is None else reading.due.isoformat(),
    )


def _ticket(session: Session, hub: Hub, row: RatingTicket, who: SignedIn) -> dict[str, object]:
    case, rating = session.get_one(Case, row.case_id), session.get_one(Rating, row.case_id)
    stands, bounds = standing(row, served_by(session, case)), bounds_of(hub)
    asked = hub.questionnaires.get(rating.version) or hub.questionnaires.current
    contact = reading_of(session, hub, row, hub.settings.rating_contact_days)
    whole = reading_of(session, hub, row, stands.days)
    return {
        "line": _line(session, hub, row),
        "case": case,
        "rating": rating,
        "options": [asked.options[name].words.zh_hans for name in rating.options if name in asked.options],
        "ticket": row,
        "days": stands.days,
        "contact_due": "" if contact.due is None else contact.due.isoformat(),
        "due": "" if whole.due is None else whole.due.isoformat(),
        "own": who.name in stands.rated,
        "acts": open_acts(stands, who.name, bounds),
        "kinds": kind_choices(hub),
        "days_left": bounds.extension_days - stands.extra_days,
        "chars": hub.settings.desk_reason_chars,
        "steps": list(_steps(session, hub, row)),
    }


def _steps(session: Session, hub: Hub, row: RatingTicket) -> Iterator[tuple[str, str, str, str]]:
    for one in steps(session, row.id, hub.settings.journal_shown):
        yield hub.texts(f"hub.ratings.act.{one.act}"), local_text(one.at), one.actor, one.words
