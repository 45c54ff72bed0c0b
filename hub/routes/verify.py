"""The page behind a slip's QR: what anyone's phone may know about the case, and nothing more."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hub.cases import cases_by_code, month_text, outcome_text, settled_at
from hub.explanation import item_name
from hub.hub import Hub
from hub.moments import local_text
from hub.pages.render import Pages
from hub.rate_limit import RateLimit
from hub.tables import Case
from offline.wire.claims import normal, shown
from offline.wire.trouble import WrongClaimCode

_TOLD_AT_A_TERMINAL: Final = ("waiting", "refused")


def router(hub: Hub, pages: Pages) -> APIRouter:
    """`GET /verify/{code}`."""
    routes = APIRouter(tags=["residents"])
    limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)

    def refused(status: int, trouble: str, headers: dict[str, str] | None = None) -> HTMLResponse:
        return pages.show("verify.html", status, {"trouble": trouble}, headers)

    @routes.get("/verify/{code}", response_class=HTMLResponse)
    def verify(code: str, request: Request) -> HTMLResponse:
        """How the case of a claim code stands, for a phone."""
        if wait_s := limit.wait_s(request.client.host if request.client else "unknown"):
            return refused(429, "hub.verify.too_many", {"Retry-After": str(round(wait_s))})
        try:
            digits = normal(code)
        except WrongClaimCode:
            return refused(404, "hub.verify.wrong")
        with hub.database.reading() as session:
            found = cases_by_code(session, hub, digits)
        if len(found) != 1:
            return refused(404, "hub.verify.ambiguous" if found else "hub.verify.unknown")
        return pages.show("verify.html", values=_shown(hub, found[0], digits))

    return routes


def _outcome(hub: Hub, case: Case) -> str:
    """How the case stands; the words to one person are read at a terminal, so this page must not point below itself."""
    return hub.texts(f"hub.verify.{case.state}") if case.state in _TOLD_AT_A_TERMINAL else outcome_text(hub, case)


def _shown(hub: Hub, case: Case, digits: str) -> dict[str, object]:
    return {
        "code": shown(digits),
        "case": case,
        "item": item_name(hub, case.item),
        "outcome": _outcome(hub, case),
        "applied": local_text(case.applied_at),
        "decided": local_text(settled_at(case)),
        "next_due": month_text(case.next_due) if case.next_due else "",
        "now": local_text(hub.clock()),
    }
