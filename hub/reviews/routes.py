"""`/review/{code}`: asking by phone that a person looks again, for whoever holds the slip."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from hub.answers import lock_cases
from hub.cases import outcome_text
from hub.code_door import CodeDoor
from hub.desk_panels import Panel
from hub.explanation import item_name
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.pages.render import Pages
from hub.reviews.asking import WHYS, Asked, Why, ask
from hub.reviews.standing import review_of, word_on
from hub.staff import SignedIn
from hub.tables import Case, DecisionRecord
from hub.withdrawals import read_addressee
from offline.wire.claims import normal

_Code = Annotated[str, Path(max_length=40)]


def router(hub: Hub, pages: Pages) -> LateRouter:
    """`GET` and `POST /review/{code}`."""
    routes = LateRouter(tags=["residents"])
    door = CodeDoor(hub)

    def page(case: Case, code: str, status: int = 200) -> HTMLResponse:
        with hub.database.reading() as session:
            case = session.get_one(Case, case.id)
            word, stands = word_on(session, hub, case), outcome_text(hub, case)
        values = {"item": item_name(hub, case.item), "code": code, "word": word, "stands": stands, "whys": WHYS}
        return pages.show("review.html", status, values)

    def refused(status: int, trouble: str, headers: dict[str, str] | None = None) -> HTMLResponse:
        return pages.show("review.html", status, {"refused": hub.texts(trouble)}, headers)

    def too_many(request: Request) -> HTMLResponse | None:
        wait = door.wait_s(request)
        return refused(429, "hub.verify.too_many", {"Retry-After": str(round(wait))}) if wait else None

    @routes.get("/review/{code}", response_class=HTMLResponse)
    def show(code: _Code, request: Request) -> HTMLResponse:
        """Whether a person can be asked to look again, for whoever holds the slip."""
        if (busy := too_many(request)) is not None:
            return busy
        case = door.opened(code, request)
        return refused(404, "hub.verify.unknown") if case is None else page(case, normal(code))

    @routes.post("/review/{code}", response_class=HTMLResponse)
    def give(code: _Code, request: Request, reason: Annotated[Why, Form()] = "none") -> Response:
        """Asks for a person, once; the code of the slip is the proof that it is one's own case."""
        if (busy := too_many(request)) is not None:
            return busy
        case = door.opened(code, request)
        if case is None:
            return refused(404, "hub.verify.unknown")
        with hub.database.reading() as session:
            addressee = read_addressee(session, hub, session.get_one(Case, case.id))
        with hub.database.writing() as session:
            (held,) = lock_cases(session, {case.id})
            word = ask(session, hub, held, Asked(reason=reason), "phone", addressee)
        if word == "not_open":
            return page(case, normal(code), 409)
        return RedirectResponse(f"/review/{normal(code)}", 303)

    return routes


def review_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """That somebody has asked for a person, why, and what the rule had said."""
    del hub, who
    review, record = review_of(session, case), session.get(DecisionRecord, case.id)
    if review is None or record is None:
        return None
    said = [str(one["text"]) for one in record.reasons]
    return Panel("desk/review.html", {"review": review, "said": said, "version": record.rule_version})
