"""The project code's page for anyone's phone, and the sandbox developer's books and manners (演示)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hub.desk_door import of_the_sandbox, own_form, page_with, staff_with
from hub.houses.projects import permits_seen, read_code
from hub.houses.sandbox import MANNERS, Manner, SandboxDeveloper
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_day, local_text
from hub.pages.render import Pages
from hub.rate_limit import RateLimit, caller_of
from hub.staff import Reception, SignedIn
from seeds.projects import Projects

_FEN = 100
_Code = Annotated[str, Path(max_length=40)]
_Field = Annotated[str, Form(max_length=40)]


def router(hub: Hub, pages: Pages, reception: Reception, developer: SandboxDeveloper, projects: Projects) -> LateRouter:
    """`/verify/project/{code}` and `/sandbox/developer`."""
    routes = LateRouter()
    limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)
    looking = Depends(of_the_sandbox(page_with(reception, Right.SANDBOX)))
    behaving = Depends(of_the_sandbox(staff_with(reception, Right.SANDBOX)))

    @routes.get("/verify/project/{code}", tags=["residents"], response_class=HTMLResponse)
    def project(code: _Code, request: Request) -> HTMLResponse:
        """A project's permits, each with its check and state, for a phone (演示)."""
        if wait := limit.wait_s(caller_of(request)):
            headers = {"Retry-After": str(round(wait))}
            return pages.show("verify_project.html", 429, {"trouble": "hub.verify.too_many"}, headers)
        word, found = read_code(code, projects)
        now = local_text(hub.clock())
        if found is None:
            return pages.show("verify_project.html", 404, {"trouble": f"hub.project.{word}"})
        if word == "ended":
            values = {"trouble": "hub.project.ended", "project": found, "now": now}
            return pages.show("verify_project.html", 410, values)
        permits = permits_seen(found, local_day(hub.clock()))
        return pages.show("verify_project.html", values={"project": found, "permits": permits, "now": now})

    @routes.get("/sandbox/developer", include_in_schema=False)
    def books(who: SignedIn = looking) -> Response:
        rows = developer.books(hub.settings.notice_rows)
        values = {"who": who, "here": "developer", "rows": rows, "manner": developer.manner(), "manners": MANNERS}
        own = [one for one in projects.all if one.builder == developer.name]
        more = {"projects": own, "today": local_day(hub.clock()).isoformat(), "now": local_text(hub.clock())}
        return pages.show("sandbox_developer.html", values=values | more)

    @routes.post("/sandbox/developer", include_in_schema=False)
    def behave(
        manner: Annotated[Manner, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> Response:
        own_form(csrf, who)
        developer.behave(manner)
        return RedirectResponse("/sandbox/developer", 303)

    @routes.post("/sandbox/developer/lists", include_in_schema=False)
    def give(
        project: _Field,
        building: _Field = "",
        room: _Field = "",
        house: _Field = "",
        buyer_number: _Field = "",
        area: _Field = "",
        price: _Field = "",
        delivered_on: _Field = "",
        word: _Field = "delivered",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> Response:
        """Another list of one line: what is wrong with it the hub says, not this form."""
        own_form(csrf, who)
        line = {"word": word, "project": project, "building": building, "room": room, "house": house}
        line |= {"buyer_number": buyer_number, "area": area, "delivered_on": delivered_on}
        developer.give([line | {"price_fen": int(price) * _FEN if price.isascii() and price.isdigit() else price}])
        return RedirectResponse("/sandbox/developer", 303)

    return routes
