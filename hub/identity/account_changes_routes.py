"""The business administrator's page of what was begun at accounts and waits for a second person."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.desk_door import own_form, page_with, staff_with
from hub.hub import Hub
from hub.identity.account_changes import Confirmed, confirm, refuse, waiting
from hub.identity.account_routes import division
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.staff import Reception, SignedIn

_ADDRESS = "/console/account-changes"


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/account-changes`."""
    routes = LateRouter(include_in_schema=False)
    looking, doing = (Depends(make(reception, Right.CONFIRM)) for make in (page_with, staff_with))

    def page(who: SignedIn, told: Confirmed | None = None) -> Response:
        with hub.database.reading() as session:
            rows = [(row, division(hub, row.region)) for row in waiting(session, hub, who)]
        values = {"who": who, "here": "account_changes", "rows": rows, "told": told, "now": local_text(hub.clock())}
        return pages.show("account_changes.html", values=values)

    @routes.get(_ADDRESS)
    def show(who: SignedIn = looking) -> Response:
        return page(who)

    @routes.post(f"{_ADDRESS}/{{change}}")
    def settle(
        change: str,
        act: Annotated[Literal["confirm", "refuse"], Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = doing,
    ) -> Response:
        own_form(csrf, who)
        if act == "confirm":
            return page(who, confirm(hub, who, change))
        refuse(hub, who, change)
        return RedirectResponse(_ADDRESS, 303)

    return routes
