"""The page behind a slip's QR: what anyone's phone may know about the case, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from hub.cases import cases_by_code, due_of, month_text, outcome_of, settled_at, state_text
from hub.casework.joining import part_views
from hub.clock_doubt import applied_text
from hub.code_door import CodeDoor
from hub.delivery.standing import delivery_view
from hub.explanation import item_name
from hub.gateway.words import SOURCE
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.parties.standing import PARTIES, WORD, paid_with, parties_seen
from hub.payments.orders import PAYMENT, shown_order
from hub.payments.state import UNPAID
from hub.ratings.replies import own_rating
from hub.referrals.words import OUTSIDE
from hub.reviews.standing import word_on
from hub.slip_signers import judged
from hub.tables import Case
from offline.wire.claims import shown
from offline.wire.slip_qr import read_tail
from offline.wire.slip_seal import SlipSaid, item_digest
from offline.wire.slip_signers import Genuineness, Verdict
from offline.wire.trouble import WrongClaimCode

_TOLD_AT_A_TERMINAL: Final = ("waiting", "refused")
_NO_WORD_TO_ONE_PERSON: Final = (PAYMENT, SOURCE, OUTSIDE, PARTIES, WORD)
# Under a false slip the true case would look like its confirmation; whose case it is can ask by the code itself.
_FALSE: Final = (Genuineness.FORGED.value, Genuineness.UNKNOWN.value)


def router(hub: Hub, pages: Pages) -> LateRouter:
    """`GET /verify/{code}` and `/verify/{code.seal}`, as slips have it."""
    routes = LateRouter(tags=["residents"])
    door = CodeDoor(hub)

    def refused(
        status: int, trouble: str, headers: dict[str, str] | None = None, slip: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        return pages.show("verify.html", status, {"trouble": trouble, "slip": slip}, headers)

    @routes.get("/verify/{code}", response_class=HTMLResponse)
    def verify(code: str, request: Request) -> HTMLResponse:
        """How the case of a claim code stands, and whether the slip with the code is genuine, for a phone."""
        if wait := door.wait_s(request):
            return refused(429, "hub.verify.too_many", {"Retry-After": str(round(wait))})
        try:
            slip = read_tail(code)
        except WrongClaimCode:
            return refused(404, "hub.verify.wrong")
        with hub.database.reading() as session:
            found = cases_by_code(session, hub, slip.code)
            parts = part_views(session, hub, found[0]) if len(found) == 1 else ()
            parties = parties_seen(session, hub, found[0]) if len(found) == 1 else ()
            delivery = delivery_view(session, hub, found[0]) if len(found) == 1 else None
            rating = own_rating(session, hub, found[0]) if len(found) == 1 else None
            pay = _pay_path(session, hub, paid_with(session, hub, found[0])) if len(found) == 1 else ""
            review = word_on(session, hub, found[0]) if len(found) == 1 else "none"
            told = _told(hub, judged(session, hub, slip))
            outcome = _outcome(session, hub, found[0]) if len(found) == 1 else ""
        if told["word"] in _FALSE:
            return pages.show("verify.html", values={"slip": told, "case": None})
        if not found:
            door.missed(request)
        if len(found) != 1:
            return refused(404, "hub.verify.ambiguous" if found else "hub.verify.unknown", slip=told)
        more: dict[str, object] = {"slip": told, "parts": parts, "delivery": delivery, "rating": rating, "pay": pay}
        more |= {"parties": parties, "outcome": outcome, "review": review}
        return pages.show("verify.html", values=_shown(hub, found[0], slip.code) | more)

    return routes


def _told(hub: Hub, verdict: Verdict) -> dict[str, str]:
    """The verdict in words, and what the genuine slip said when it was printed."""
    words, signer, said = hub.texts, verdict.signer, verdict.said
    if signer is None or said is None:
        return {"word": verdict.word.value, "text": words(f"hub.slip.{verdict.word}"), "said": ""}
    terminal, at = f"{signer.place}{signer.name}", local_text(said.at)
    told = words("hub.slip.said", at=at, item=_item_of(hub, said), said=_stage_of(hub, said))
    return {
        "word": verdict.word.value,
        "text": words(f"hub.slip.{verdict.word}", terminal=terminal),
        "said": told if verdict.word is Genuineness.GENUINE else "",
    }


def _item_of(hub: Hub, said: SlipSaid) -> str:
    return next((item.name for item in hub.catalogue.items if item_digest(item.id) == said.item), "")


def _stage_of(hub: Hub, said: SlipSaid) -> str:
    """The stage, and the state where the slip named one: settled alone would not tell approved from refused."""
    stage = hub.texts(f"slip.stage.{said.stage}")
    return f"{stage}，{hub.texts(f'slip.state.{said.state}')}" if said.state else stage


def _outcome(session: Session, hub: Hub, case: Case) -> str:
    """How the case stands; the words to one person are read at a terminal, so this page must not point below itself."""
    to_one = case.state in _TOLD_AT_A_TERMINAL and case.waits_for not in _NO_WORD_TO_ONE_PERSON
    return hub.texts(f"hub.verify.{case.state}") if to_one else outcome_of(session, hub, case)


def _pay_path(session: Session, hub: Hub, case: Case | None) -> str:
    """Where the fee that a case, or a part of it, waits for is paid."""
    waits = case is not None and case.state == "waiting"
    order = shown_order(session, hub, case) if case is not None and waits else None
    return "" if order is None or order.state not in UNPAID else f"/pay/{order.token}"


def _shown(hub: Hub, case: Case, digits: str) -> dict[str, object]:
    return {
        "code": shown(digits),
        "case": case,
        "item": item_name(hub, case.item),
        "state_text": state_text(hub, case),
        "applied": applied_text(case),
        "decided": local_text(settled_at(case)),
        "due": due_of(case),
        "next_due": month_text(case.next_due) if case.next_due else "",
        "now": local_text(hub.clock()),
    }
