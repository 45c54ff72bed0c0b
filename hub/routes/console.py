"""The operators' console: the overview, the terminals, the cases, and their JSON twins."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.export import NationalForm, exported
from hub.desk_door import page_with, staff_with
from hub.explanation import CaseRow, case_row, explain
from hub.fleet import TerminalView, terminal_view, terminals
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.link_view import link_view
from hub.moments import local_text
from hub.overview import overview
from hub.pages.render import Pages
from hub.problems import Problem
from hub.replay import parked_events
from hub.row_numbers import AfterRow, BeforeRow
from hub.staff import Reception, SignedIn
from hub.tables import Case, Terminal
from offline.wire.parking import explained

# What a page may say after something was done on it.
_SAID: Final = ("hub.readmit.", "hub.revoke.", "hub.alarm.", "hub.replay.")


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console` and everything under it."""
    routes = LateRouter(prefix="/console", include_in_schema=False)
    _twin_routes(routes, hub, reception)  # before the pages: a case is never called export.json
    _page_routes(routes, hub, pages, reception)
    return routes


def _page_routes(routes: LateRouter, hub: Hub, pages: Pages, reception: Reception) -> None:
    def show(template: str, here: str, who: SignedIn, **values: object) -> HTMLResponse:
        values |= {"who": who, "here": here, "refresh_s": hub.settings.refresh_s, "now": local_text(hub.clock())}
        return pages.show(template, values=values)

    watching, reading = Depends(page_with(reception, Right.WATCH)), Depends(page_with(reception, Right.CASES))

    @routes.get("")
    def overview_page(who: SignedIn = watching) -> Response:
        with hub.database.reading() as session:
            views = terminals(session, hub, who.region_prefix)
            return show("overview.html", "overview", who, board=overview(session, hub, views, who.region_prefix))

    @routes.get("/terminals")
    def terminals_page(who: SignedIn = watching) -> Response:
        with hub.database.reading() as session:
            return show("terminals.html", "terminals", who, terminals=terminals(session, hub, who.region_prefix))

    @routes.get("/terminals/{terminal_id}")
    def terminal_page(
        terminal_id: str, who: SignedIn = watching, said: Annotated[str, Query(max_length=40)] = ""
    ) -> Response:
        said = said if said.startswith(_SAID) and said in hub.texts else ""
        hub.refusals.flush()
        with hub.database.reading() as session:
            row = terminal_of(session, terminal_id, who)
            view, link = terminal_view(hub, row), link_view(session, hub, row)
            cases = _cases(session, hub, who, terminal_id, 10) if who.may(Right.CASES) else []
            rows = parked_events(session, hub.settings.console_page, terminal_id)
            parked = [(one, explained(one.reason or "")) for one in rows]
            values = {"terminal": view, "link": link, "said": said, "cases": cases, "parked": parked}
            return show("terminal.html", "terminals", who, **values)

    @routes.get("/cases")
    def cases_page(
        who: SignedIn = reading,
        state: Annotated[str, Query(max_length=12)] = "",
        before: BeforeRow = None,
    ) -> Response:
        with hub.database.reading() as session:
            cases = _cases(session, hub, who, None, hub.settings.console_page + 1, state, before)
        page = cases[: hub.settings.console_page]
        older = page[-1].id if len(cases) > len(page) else None
        return show("cases.html", "cases", who, cases=page, state=state, older=older)

    @routes.get("/cases/{number}")
    def case_page(number: str, who: SignedIn = reading) -> Response:
        with hub.database.reading() as session:
            case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
            if case is None or not case.region.startswith(who.region_prefix):
                raise Problem("case_unknown", 404, "没有这个办件。")
            terminal = session.get_one(Terminal, case.terminal_id)
            told = explain(session, hub, case)
            return show("case.html", "cases", who, case=case_row(hub, case, terminal), told=told)


def _twin_routes(routes: LateRouter, hub: Hub, reception: Reception) -> None:
    watching, reading = Depends(staff_with(reception, Right.WATCH)), Depends(staff_with(reception, Right.CASES))

    @routes.get("/cases.json")
    def cases_json(
        who: SignedIn = reading,
        terminal: Annotated[str | None, Query(max_length=64)] = None,
        before: BeforeRow = None,
    ) -> dict[str, object]:
        """The newest cases first."""
        with hub.database.reading() as session:
            rows = _cases(session, hub, who, terminal, hub.settings.console_page, "", before)
        return {"cases": [row.as_json() for row in rows]}

    @routes.get("/cases/export.json")
    def cases_export(who: SignedIn = reading, after: AfterRow = 0) -> dict[str, object]:
        """A page of cases in national field names, oldest first; `next` is where the following one begins."""
        form, limit = NationalForm(hub.catalogue, hub.units), hub.settings.export_page
        with hub.database.reading() as session:
            rows = exported(session, who.region_prefix, after, limit)
        return {"办件": [form.row(case) for case in rows], "next": rows[-1].id if len(rows) == limit else None}

    @routes.get("/terminals.json")
    def terminals_json(who: SignedIn = watching) -> dict[str, object]:
        """Every terminal this person looks after."""
        with hub.database.reading() as session:
            return {"terminals": [_terminal_json(view) for view in terminals(session, hub, who.region_prefix)]}


def terminal_of(session: Session, terminal_id: str, who: SignedIn) -> Terminal:
    """A terminal of the divisions a person looks after; raises Problem."""
    terminal = session.get(Terminal, terminal_id)
    if terminal is None or not terminal.region.startswith(who.region_prefix):
        raise Problem("terminal_unknown", 404, "没有这台终端。")
    return terminal


def _cases(
    session: Session,
    hub: Hub,
    who: SignedIn,
    terminal_id: str | None,
    limit: int,
    state: str = "",
    before: int | None = None,
) -> list[CaseRow]:
    wanted = select(Case, Terminal).join(Terminal, Terminal.id == Case.terminal_id)
    wanted = wanted.where(Case.region.startswith(who.region_prefix, autoescape=True))
    if terminal_id is not None:
        wanted = wanted.where(Case.terminal_id == terminal_id)
    if state:
        wanted = wanted.where(Case.state == state)
    if before is not None:
        wanted = wanted.where(Case.id < before)
    rows = session.execute(wanted.order_by(Case.id.desc()).limit(limit))
    return [case_row(hub, case, terminal) for case, terminal in rows]


def _terminal_json(view: TerminalView) -> dict[str, object]:
    return {
        "id": view.id,
        "name": view.name,
        "region": view.region,
        "state": view.state.value,
        "last_seen": None if view.last_seen is None else view.last_seen.isoformat(),
        "screen": view.screen,
        "waiting": view.waiting,
        "takes": view.room.takes,
        "software": view.software,
        "devices": {one.role: {"state": one.state, "code": one.code, "advice": one.advice} for one in view.devices},
    }
