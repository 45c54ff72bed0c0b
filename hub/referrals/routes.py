"""The sandbox parties' control over HTTP, and the board of loan needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse

from hub.desk_door import of_the_sandbox, own_form, page_with, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.referrals.board import loan_board
from hub.referrals.port import OutsideParty
from hub.referrals.sandbox import MANNERS, Manner, SandboxParty
from hub.staff import Reception, SignedIn


def router(hub: Hub, pages: Pages, parties: Mapping[str, OutsideParty], reception: Reception) -> LateRouter:
    """`POST /sandbox/parties/{party}` and `/console/loans`."""
    routes = LateRouter(include_in_schema=False)
    behaving = Depends(of_the_sandbox(staff_with(reception, Right.SANDBOX)))
    reader = Depends(page_with(reception, Right.INDICATORS))

    @routes.post("/sandbox/parties/{party}")
    def behave(
        party: str,
        manner: Annotated[Manner, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> dict[str, object]:
        """Sets the manner: well, late, wrong, silent, twice."""
        own_form(csrf, who)
        found = parties.get(party)
        if not isinstance(found, SandboxParty):
            raise Problem("party_unknown", 404, "没有这家演示单位。")
        found.behave(manner)
        return {"party": party, "manner": manner, "manners": MANNERS, "sandbox": "演示"}

    @routes.get("/console/loans", response_class=HTMLResponse)
    def loans(who: SignedIn = reader) -> HTMLResponse:
        """Needs, amounts and answers of the division, bank by bank; nobody is named."""
        with hub.database.reading() as session:
            board = loan_board(session, hub, who.region_prefix)
        frame = {"who": who, "here": "loans", "refresh_s": hub.settings.refresh_s, "now": local_text(hub.clock())}
        return pages.show("console_loans.html", values=frame | {"board": board})

    return routes
