"""The console's page of regional extensions: what was given, and giving one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from hub.clocks.extending import ExtensionTrouble, extend_region, given
from hub.desk_door import own_form
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.routes.console import COOKIE, staff_of
from hub.staff import OPERATOR, Reception, SignedIn


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/extensions`; everyone on the staff may look, operators give."""
    routes = LateRouter(prefix="/console", include_in_schema=False)

    def staff_only(request: Request) -> SignedIn:
        return staff_of(reception, request)

    staff = Depends(staff_only)

    def page(who: SignedIn, trouble: str = "") -> Response:
        with hub.database.reading() as session:
            rows = [
                (hub.regions.full_name(one.prefix) if one.prefix in hub.regions else one.prefix, one)
                for one in given(session, who.region_prefix)
            ]
        values = {"who": who, "here": "overview", "rows": rows, "may": who.role == OPERATOR, "trouble": trouble}
        return pages.show("extensions.html", 422 if trouble else 200, values | {"now": local_text(hub.clock())})

    @routes.get("/extensions")
    def show(request: Request) -> Response:
        if reception.who(request.cookies.get(COOKIE)) is None:
            return RedirectResponse("/console/login", 303)
        return page(staff_only(request))

    @routes.post("/extensions")
    def give(
        region: Annotated[str, Form(pattern=r"^[0-9]{2,12}$")],
        first: Annotated[date, Form()],
        last: Annotated[date, Form()],
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = staff,
    ) -> Response:
        own_form(csrf, who)
        if who.role != OPERATOR:
            raise Problem("operators_only", 403, "只有值守人员可以给一个地区延期。")
        try:
            extend_region(hub, who, region, first, last, reason)
        except ExtensionTrouble as trouble:
            return page(who, f"{trouble.sentence}{trouble.advice}")
        return RedirectResponse("/console/extensions", 303)

    return routes
