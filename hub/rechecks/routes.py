"""The clerk's answer on a case's page, and `/console/rechecks`: what those above look into and settle."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from hub.desk import is_before
from hub.desk_door import back_to_case, case_id_of, own_form, page_with, staff_with
from hub.desk_panels import Panel
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.rechecks.answering import Word, answer_recheck, settle_recheck
from hub.rechecks.hands import is_own
from hub.rechecks.listing import to_look_into
from hub.rechecks.tables import CaseRecheck
from hub.reviews.standing import word_on
from hub.staff import Reception, SignedIn
from hub.tables import Case

_TROUBLES: Final = "hub.desk.trouble."


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`POST /desk/cases/{number}/recheck`, `/console/rechecks` and `POST /console/rechecks/{number}`."""
    routes = LateRouter(include_in_schema=False)
    clerk = Depends(staff_with(reception, Right.DESK))
    looking, settling = Depends(page_with(reception, Right.RECHECKS)), Depends(staff_with(reception, Right.RECHECKS))

    @routes.post("/desk/cases/{number}/recheck")
    def answer(
        number: str,
        word: Annotated[Word, Form()],
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        return back_to_case(number, answer_recheck(hub, case_id_of(hub, number, who), who, word, reason))

    @routes.get("/console/rechecks")
    def page(who: SignedIn = looking, trouble: Annotated[str, Query(max_length=60)] = "") -> Response:
        with hub.database.reading() as session:
            lines = to_look_into(session, hub, who)
        known = trouble if trouble.startswith(_TROUBLES) and trouble in hub.texts else ""
        values: dict[str, object] = {
            "who": who,
            "here": "rechecks",
            "lines": lines,
            "trouble": known,
            "chars": hub.settings.desk_reason_chars,
            "now": local_text(hub.clock()),
        }
        return pages.show("rechecks.html", values=values)

    @routes.post("/console/rechecks/{number}")
    def settle(
        number: str,
        done: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = settling,
    ) -> Response:
        own_form(csrf, who)
        trouble = settle_recheck(hub, case_id_of(hub, number, who), who, done)
        return RedirectResponse(f"/console/rechecks?trouble={trouble}" if trouble else "/console/rechecks", 303)

    return routes


def recheck_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """That the case was drawn, with the two answers, or which was given; it stands below what the rule was given."""
    row = session.get(CaseRecheck, case.id)
    if row is None:
        return None
    own = not row.word and is_own(session, case, who)
    goes_back = row.outcome == "refuse" and word_on(session, hub, case) != "none"
    values: dict[str, object] = {
        "row": row,
        "own": own,
        "may": not row.word and not own and is_before(hub, case, who),
        "wrong": "review" if goes_back else "ticket",
        "chars": hub.settings.desk_reason_chars,
    }
    return Panel("desk/recheck.html", values)
