"""The console's page of regional extensions: what was given, and giving one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.clocks.extending import ExtensionTrouble, extend_region, given, take_back
from hub.desk_door import own_form, page_with, staff_with
from hub.divisions import division_full_name
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/extensions`; whoever watches over terminals may look; giving is a right of its own."""
    routes = LateRouter(prefix="/console", include_in_schema=False)

    looking, giving = Depends(page_with(reception, Right.WATCH)), Depends(staff_with(reception, Right.EXTEND))

    def page(who: SignedIn, trouble: str = "") -> Response:
        with hub.database.reading() as session:
            rows = [(division_full_name(hub, one.prefix), one) for one in given(session, who.region_prefix)]
        values = {"who": who, "here": "extensions", "rows": rows, "may": who.may(Right.EXTEND), "trouble": trouble}
        return pages.show("extensions.html", 422 if trouble else 200, values | {"now": local_text(hub.clock())})

    @routes.get("/extensions")
    def show(who: SignedIn = looking) -> Response:
        return page(who)

    @routes.post("/extensions")
    def give(
        region: Annotated[str, Form(pattern=r"^[0-9]{2,12}$")],
        first: Annotated[date, Form()],
        last: Annotated[date, Form()],
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = giving,
    ) -> Response:
        own_form(csrf, who)
        try:
            extend_region(hub, who, region, first, last, reason)
        except ExtensionTrouble as trouble:
            return page(who, f"{trouble.sentence}{trouble.advice}")
        return RedirectResponse("/console/extensions", 303)

    @routes.post("/extensions/{extension_id}")
    def end(
        extension_id: RowNumber,
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = giving,
    ) -> Response:
        own_form(csrf, who)
        try:
            take_back(hub, who, extension_id, reason)
        except ExtensionTrouble as trouble:
            return page(who, f"{trouble.sentence}{trouble.advice}")
        return RedirectResponse("/console/extensions", 303)

    return routes
