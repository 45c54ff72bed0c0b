"""The console's pages of data: the sources and their quality, the officer's approvals, and the log of reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.desk_door import own_form, page_with, staff_with
from hub.gateway.quality import contradictions, mounting, report
from hub.gateway.sandbox import source_manner
from hub.gateway.seen import look, purpose_name, reads_in
from hub.gateway.sharing import FROM, Act, SharingTrouble, decide_sharing, mount
from hub.gateway.tables import DataContradiction, DataSharing, DataStep
from hub.gateway.titles import source_title
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.row_numbers import BeforeRow, RowNumber
from hub.staff import Reception, SignedIn

_ORDER: Final = {"asked": 0, "approved": 1, "withdrawn": 2, "refused": 3}


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/sources`, `/console/sharing`, `/console/reads`."""
    routes = LateRouter(prefix="/console", include_in_schema=False)
    _looking(routes, hub, pages, reception)
    _deciding(routes, hub, pages, reception)
    return routes


def _looking(routes: LateRouter, hub: Hub, pages: Pages, reception: Reception) -> None:
    data, reads = Depends(page_with(reception, Right.DATA)), Depends(page_with(reception, Right.READS))

    @routes.get("/sources")
    def sources_page(who: SignedIn = data) -> HTMLResponse:
        with hub.database.reading() as session:
            rows = report(session, hub, who.region_prefix)
            values = {"rows": rows, "mounting": mounting(session, hub), "days": hub.settings.source_report_days}
        return _show(hub, pages, "sources.html", "sources", who, values)

    @routes.get("/sources/{source}")
    def source_page(source: str, who: SignedIn = data) -> HTMLResponse:
        return _source_page(hub, pages, source, who)

    @routes.get("/reads")
    def reads_page(
        who: SignedIn = reads,
        reference: Annotated[str, Query(max_length=60)] = "",
        before: BeforeRow = None,
    ) -> HTMLResponse:
        with hub.database.reading() as session:
            rows = reads_in(session, hub, who.region_prefix, reference.strip(), before)
        older = rows[-1].id if len(rows) == hub.settings.source_rows else None
        values = {"rows": [look(hub, row) for row in rows], "reference": reference, "older": older}
        return _show(hub, pages, "reads.html", "reads", who, values)


def _deciding(routes: LateRouter, hub: Hub, pages: Pages, reception: Reception) -> None:
    looks = Depends(page_with(reception, Right.SHARING))
    officer = Depends(staff_with(reception, Right.SHARING))

    @routes.get("/sharing")
    def sharing_page(who: SignedIn = looks) -> HTMLResponse:
        return _sharing_page(hub, pages, who)

    @routes.post("/sharing")
    def decide(
        act: Annotated[Act, Form()],
        purpose: Annotated[str, Form(max_length=90)],
        source: Annotated[str, Form(max_length=16)],
        fields: Annotated[list[str], Form(max_length=60)],
        reason: Annotated[str, Form(max_length=200)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = officer,
    ) -> Response:
        own_form(csrf, who)
        _everywhere(who)
        try:
            decide_sharing(hub, who.name, act, purpose, source, fields, reason)
        except SharingTrouble as trouble:
            return _sharing_page(hub, pages, who, f"{trouble.sentence}{trouble.advice}")
        return RedirectResponse("/console/sharing", 303)

    @routes.post("/sources/{source}/mount")
    def mounting_of(
        source: str,
        mounted: Annotated[bool, Form()],
        reason: Annotated[str, Form(max_length=200)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = officer,
    ) -> Response:
        own_form(csrf, who)
        _everywhere(who)
        if hub.sources.source(source) is None:
            raise Problem("source_unknown", 404, "没有这个数据来源。")
        try:
            mount(hub, who.name, source, mounted=mounted, reason=reason)
        except SharingTrouble as trouble:
            return _source_page(hub, pages, source, who, f"{trouble.sentence}{trouble.advice}")
        return RedirectResponse(f"/console/sources/{source}", 303)

    @routes.post("/contradictions/{contradiction}")
    def told(
        contradiction: RowNumber, csrf: Annotated[str, Form(max_length=100)] = "", who: SignedIn = officer
    ) -> Response:
        own_form(csrf, who)
        with hub.database.writing() as session:
            row = session.get(DataContradiction, contradiction, with_for_update=True)
            if row is None or not row.region.startswith(who.region_prefix):
                raise Problem("contradiction_unknown", 404, "没有这条数据矛盾。")
            if row.told_at is None:
                row.told_at, row.told_by = hub.clock(), who.name
        return RedirectResponse("/console/sources", 303)


def _source_page(hub: Hub, pages: Pages, source: str, who: SignedIn, trouble: str = "") -> HTMLResponse:
    with hub.database.reading() as session:
        found = report(session, hub, who.region_prefix, source)
        if not found:
            raise Problem("source_unknown", 404, "没有这个数据来源。")
        trail = session.scalars(_trail(hub).where(DataStep.source == source)).all()
        values: dict[str, object] = {
            "one": found[0],
            "manner": source_manner(session, source),
            "against": [
                (row, _kind(hub, row), local_text(row.found_at))
                for row in contradictions(session, hub, who.region_prefix)
                if source in row.sources
            ],
            "trail": [(step, purpose_name(hub, step.purpose) if step.purpose else "") for step in trail],
            "days": hub.settings.source_report_days,
            "trouble": trouble,
        }
    return _show(hub, pages, "source.html", "sources", who, values, 422 if trouble else 200)


def _sharing_page(hub: Hub, pages: Pages, who: SignedIn, trouble: str = "") -> HTMLResponse:
    with hub.database.reading() as session:
        groups = _groups(session, hub)
        trail = session.scalars(_trail(hub)).all()
    values = {
        "groups": groups,
        "may": who.whole_province,
        "trail": [
            (step, source_title(hub, step.source), purpose_name(hub, step.purpose) if step.purpose else "")
            for step in trail
        ],
        "trouble": trouble,
    }
    return _show(hub, pages, "sharing.html", "sharing", who, values, 422 if trouble else 200)


def _groups(session: Session, hub: Hub) -> list[dict[str, object]]:
    """The requests, those that wait first: the fields of one source for one purpose that stand alike."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for row in session.scalars(select(DataSharing)):
        grouped.setdefault((row.state, row.purpose, row.source), []).append(row.field)
    ordered = sorted(grouped, key=lambda key: (_ORDER.get(key[0], 9), key))
    return [
        {
            "state": state,
            "purpose": purpose,
            "purpose_name": purpose_name(hub, purpose),
            "source": source,
            "source_name": source_title(hub, source),
            "fields": [_labelled(hub, source, name) for name in sorted(grouped[state, purpose, source])],
            "acts": [act for act, states in FROM.items() if state in states],
        }
        for state, purpose, source in ordered
    ]


def _labelled(hub: Hub, source_id: str, name: str) -> tuple[str, str, int]:
    """A field's name, its label, and its level."""
    source = hub.sources.source(source_id)
    field = None if source is None else source.field(name)
    return (name, name, 0) if field is None else (name, field.label.zh_hans, field.level)


def _kind(hub: Hub, row: DataContradiction) -> str:
    kinds = {one.id: one.words.zh_hans for one in hub.sources.contradictions}
    return kinds.get(row.kind) or hub.texts(f"hub.data.kind.{row.kind.replace('-', '_')}")


def _trail(hub: Hub) -> Select[DataStep]:
    return select(DataStep).order_by(DataStep.id.desc()).limit(hub.settings.journal_shown)


def _everywhere(who: SignedIn) -> None:
    """A source is read for the whole hub: only an officer of all of it decides."""
    if not who.whole_province:
        raise Problem("whole_province", 403, "数据共享和挂载由省级首席数据官决定。")


def _show(
    hub: Hub,
    pages: Pages,
    template: str,
    here: str,
    who: SignedIn,
    values: Mapping[str, object],
    status: int = 200,
) -> HTMLResponse:
    frame = {"who": who, "here": here, "now": local_text(hub.clock()), "refresh_s": hub.settings.refresh_s}
    return pages.show(template, status, values={**values, **frame})
