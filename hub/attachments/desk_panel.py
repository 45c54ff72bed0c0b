"""The desk's section with what was given besides words, and the addresses behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.attachments.refusing import refuse_scan
from hub.attachments.standing import Standing, attachments_of, opened, show, standing_of
from hub.cases import payload_of
from hub.casework.papers import PAPERS
from hub.desk import is_before
from hub.desk_door import back_to_case, case_id_of, case_of, own_form, staff_with
from hub.desk_panels import Panel
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.problems import Problem
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn
from hub.tables import Case
from offline.wire.trouble import WireTrouble
from seeds.trouble import SeedTrouble

# As with a picture for a later check: nothing keeps it, nothing but this hub's pages may show it. A browser's own
# viewer of PDFs is a plug-in of the same origin with a style of its own.
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline';"
    " media-src 'self'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One attachment on the page."""

    id: int
    kind: str
    title: str
    pages: int
    seconds: int
    standing: Standing
    opens: bool
    refused: str  # why a clerk refused it; empty: nobody has
    refused_by: str
    refusable: bool


def attachments_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """What came with the case, or should have come."""
    found, cannot_sign = attachments_of(session, case), _cannot_sign(session, hub, case)
    if not found and not cannot_sign:
        return None
    mine, titles = is_before(hub, case, who), _titles(hub, case.item)
    free = case.state in ("in_review", "waiting") and case.waits_for in (None, PAPERS)
    shown = [
        Shown(
            id=one.id,
            kind=one.kind,
            title=titles.get(one.name, one.name),
            pages=one.pages,
            seconds=one.seconds,
            standing=standing_of(session, one),
            opens=opened(session, hub, one) is not None,
            refused=one.refused_why or "",
            refused_by=f"{one.refused_by or ''} {local_text(one.refused_at)}".strip(),
            refusable=mine and free and one.kind == "scan" and one.refused_at is None and one.case_id == case.id,
        )
        for one in found
    ]
    values = {"shown": shown, "cannot_sign": cannot_sign, "reason_chars": hub.settings.desk_reason_chars}
    return Panel("desk/attachments.html", values)


def _cannot_sign(session: Session, hub: Hub, case: Case) -> bool:
    try:
        return Application.model_validate(payload_of(session, hub, case)).signed_by_witness()
    except (WireTrouble, ValidationError):
        return False


def _titles(hub: Hub, item_id: str) -> dict[str, str]:
    try:
        item = hub.catalogue.item(item_id)
    except SeedTrouble:
        return {}
    papers = {one.id: one.words.zh_hans for one in item.documents if one.id is not None}
    return papers | {one.id: one.label.zh_hans for one in item.attachments}


def router(hub: Hub, reception: Reception) -> LateRouter:
    """`/desk/cases/{number}/attachments/…`; clerks only."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    clerk = Depends(staff_with(reception, Right.DESK))

    @routes.get("/cases/{number}/attachments/{attachment_id}")
    def attachment(number: str, attachment_id: RowNumber, who: SignedIn = clerk) -> Response:
        with hub.database.reading() as session:
            case = case_of(session, number, who)
        found = show(hub, case, attachment_id, who.name)
        if found is None:
            raise Problem("attachment_gone", 404, "没有可以看的附件。")
        return Response(found.data, media_type=found.media, headers=_HEADERS)

    @routes.post("/cases/{number}/attachments/{attachment_id}/refusal")
    def refusal(
        number: str,
        attachment_id: RowNumber,
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        trouble = refuse_scan(hub, case_id_of(hub, number, who), who, attachment_id, reason)
        return back_to_case(number, trouble)

    return routes
