"""What anyone may open: rating one's own case by the slip's code, and the published indicators."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from hub.answers import lock_cases
from hub.code_door import CodeDoor
from hub.desk_door import page_with
from hub.explanation import item_name
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.ratings.giving import OPTIONS_MOST, WORDS_CHARS, From, Given, take_rating
from hub.ratings.indicators import COUNTY, VILLAGE, indicators, months
from hub.ratings.replies import own_rating
from hub.staff import Reception, SignedIn
from hub.tables import Case
from offline.wire.claims import normal

_Code = Annotated[str, Path(max_length=40)]
_TROUBLES: Final = {
    "too_early": ("hub.ratings.too_early", 409),
    "duplicate": ("hub.ratings.duplicate", 409),
    "unknown_choice": ("hub.ratings.unknown_choice", 422),
}


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/rate/{code}`, `/indicators` and `/console/indicators`."""
    routes = LateRouter(tags=["residents"])
    looking = Depends(page_with(reception, Right.INDICATORS))
    door = CodeDoor(hub)
    words, questions = hub.texts, hub.questionnaires

    def page(case: Case, code: str, trouble: str = "", status: int = 200) -> HTMLResponse:
        with hub.database.reading() as session:
            own = own_rating(session, hub, case)
        asked = questions.current
        values = {
            "item": item_name(hub, case.item),
            "code": code,
            "own": own,
            "levels": [(level, asked.level(level).zh_hans) for level in (5, 4, 3, 2, 1)],
            "indicators": [one.zh_hans for one in asked.indicators.online],
            "options": [(name, one.when, one.words.zh_hans) for name, one in asked.options.items()],
            "version": asked.version,
            "words_chars": WORDS_CHARS,
            "trouble": trouble,
        }
        return pages.show("rate.html", status, values)

    def refused(status: int, trouble: str, headers: dict[str, str] | None = None) -> HTMLResponse:
        return pages.show("rate.html", status, {"refused": words(trouble)}, headers)

    @routes.get("/rate/{code}", response_class=HTMLResponse)
    def show(code: _Code, request: Request) -> HTMLResponse:
        """The five faces for a case, for whoever holds its slip; or what became of what was said."""
        if wait := door.wait_s(request):
            return refused(429, "hub.verify.too_many", {"Retry-After": str(round(wait))})
        case = door.opened(code, request)
        return refused(404, "hub.verify.unknown") if case is None else page(case, normal(code))

    @routes.post("/rate/{code}", response_class=HTMLResponse)
    def give(
        code: _Code,
        request: Request,
        level: Annotated[int, Form(ge=1, le=5)],
        options: Annotated[tuple[str, ...], Form(max_length=OPTIONS_MOST)] = (),
        version: Annotated[str, Form(max_length=40)] = "",
        said: Annotated[str, Form(max_length=WORDS_CHARS)] = "",
    ) -> Response:
        """Gives the one rating of a case; the code of the slip is the proof that it is one's own."""
        if wait := door.wait_s(request):
            return refused(429, "hub.verify.too_many", {"Retry-After": str(round(wait))})
        case = door.opened(code, request)
        if case is None:
            return refused(404, "hub.verify.unknown")
        try:
            given = Given(level=level, options=options, version=version, words=" ".join(said.split()))
        except ValidationError:
            return page(case, normal(code), words("hub.ratings.unknown_choice"), 422)
        with hub.database.writing() as session:
            (held,) = lock_cases(session, {case.id})
            word = take_rating(session, hub, held, given, From("phone"))
        if word != "taken":
            text, status = _TROUBLES[word]
            return page(case, normal(code), words(text), status)
        return RedirectResponse(f"/rate/{normal(code)}", 303)

    @routes.get("/indicators", response_class=HTMLResponse)
    def published(month: Annotated[str, Query(max_length=7)] = "") -> HTMLResponse:
        """What all say together, by county and by item; nobody can be found in it."""
        known = months(hub)
        chosen = month if month in known else known[0]
        with hub.database.reading() as session:
            board = indicators(session, hub, chosen, "", COUNTY, hub.settings.indicators_least)
        return _board(board, known, None)

    @routes.get("/console/indicators", response_class=HTMLResponse, include_in_schema=False)
    def inside(who: SignedIn = looking, month: Annotated[str, Query(max_length=7)] = "") -> Response:
        known = months(hub)
        chosen = month if month in known else known[0]
        with hub.database.reading() as session:
            board = indicators(session, hub, chosen, who.region_prefix, VILLAGE, 0)
        return _board(board, known, who)

    def _board(board: object, known: tuple[str, ...], who: object) -> HTMLResponse:
        levels = [(level, questions.current.level(level).zh_hans) for level in (5, 4, 3, 2, 1)]
        values = {"board": board, "months": known, "levels": levels, "now": local_text(hub.clock())}
        if who is None:
            return pages.show("indicators.html", values=values)
        return pages.show("console_indicators.html", values=values | {"who": who, "here": "indicators"})

    return routes
