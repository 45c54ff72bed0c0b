"""The clerks' pages: the cases that wait for a person, and one of them with its pictures and its decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Depends, Form, Query
from fastapi.responses import RedirectResponse, Response

from hub.bells.ringing import calling
from hub.bells.standing import WHATS
from hub.card_photos import CardPicture, decode_card_photo
from hub.casework.vouching import wants_its_rule
from hub.delivery.desk import at_halls
from hub.desk import (
    OPEN,
    DeskTrouble,
    Outcome,
    Vouching,
    applied_in,
    decide_case,
    held_up,
    is_before,
    opened_picture,
    picture_until,
    show_picture,
    waiting_cases,
)
from hub.desk_door import case_id_of, case_of, own_form, page_with, staff_with
from hub.desk_panels import PanelMaker, panels_of
from hub.explanation import case_row, explain
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.rechecks.listing import to_recheck
from hub.staff import Reception, SignedIn
from hub.tables import Terminal

# Nothing keeps a picture after it was looked at, and nothing but this hub's pages may show it.
_PICTURE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
    "Referrer-Policy": "no-referrer",
}


_TROUBLES: Final = "hub.desk.trouble."
"""What a part's form may have the page say: the ids under which such texts stand."""


def router(hub: Hub, pages: Pages, reception: Reception, makers: Sequence[PanelMaker]) -> LateRouter:
    """`/desk` and a case's page with the sections of `makers`; clerks only."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)

    reading, clerk = Depends(page_with(reception, Right.DESK)), Depends(staff_with(reception, Right.DESK))

    @routes.get("")
    def list_page(who: SignedIn = reading, trouble: Annotated[str, Query(max_length=60)] = "") -> Response:
        with hub.database.reading() as session:
            lists = {state: waiting_cases(session, hub, who.region_prefix, state) for state in OPEN}
            halls = at_halls(session, hub, who)
            rechecks = to_recheck(session, hub, who)
            bells = [(one, local_text(one.rung_at)) for one in calling(session, hub, who)]
        values: dict[str, object] = {
            "who": who,
            "here": "desk",
            "refresh_s": hub.settings.refresh_s,
            "now": local_text(hub.clock()),
        }
        return pages.show(
            "desk.html",
            values=values
            | {"lists": lists, "halls": halls, "bells": bells, "whats": WHATS, "trouble": _known(hub, trouble)}
            | {"rechecks": rechecks},
        )

    def case_page(who: SignedIn, number: str, trouble: DeskTrouble | None = None, reason: str = "") -> Response:
        with hub.database.reading() as session:
            case = case_of(session, number, who)
            terminal = session.get_one(Terminal, case.terminal_id)
            picture = opened_picture(session, hub, case)
            card = None if picture is None else _card(hub, picture.card_photo)
            values: dict[str, object] = {
                "who": who,
                "here": "desk",
                "case": case_row(hub, case, terminal),
                "told": explain(session, hub, case),
                "applied": applied_in(session, hub, case),
                "opens": picture is not None,
                "held": held_up(session, hub, case),
                "rule_next": wants_its_rule(session, hub, case),
                "card": card,
                "until": picture_until(session, hub, case),
                "open": case.state in OPEN and is_before(hub, case, who),
                "panels": panels_of(makers, session, hub, case, who),
                "trouble": "" if trouble is None else trouble.text,
                "reason": reason,
                "reason_chars": hub.settings.desk_reason_chars,
            }
        return pages.show("desk_case.html", 200 if trouble is None else trouble.status, values)

    @routes.get("/cases/{number}")
    def show_case(number: str, who: SignedIn = reading, trouble: Annotated[str, Query(max_length=60)] = "") -> Response:
        known = _known(hub, trouble)
        return case_page(who, number, DeskTrouble(known, 200) if known else None)

    @routes.get("/cases/{number}/taken.jpg")
    def taken(number: str, who: SignedIn = clerk) -> Response:
        picture = show_picture(hub, case_id_of(hub, number, who), who, "taken")
        if picture is None:
            raise Problem("picture_gone", 404, "没有可以看的照片。")
        return Response(picture.taken, media_type="image/jpeg", headers=_PICTURE_HEADERS)

    @routes.get("/cases/{number}/card.png")
    def card_photo(number: str, who: SignedIn = clerk) -> Response:
        with hub.database.reading() as session:
            case = case_of(session, number, who)
            picture = opened_picture(session, hub, case)
        card = None if picture is None else _card(hub, picture.card_photo)
        if card is None or show_picture(hub, case.id, who, "card") is None:
            raise Problem("picture_gone", 404, "没有可以看的照片。")
        return Response(card.png, media_type="image/png", headers=_PICTURE_HEADERS)

    @routes.post("/cases/{number}/decision")
    def decide(
        number: str,
        outcome: Annotated[Outcome | Vouching, Form()],
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        trouble = decide_case(hub, case_id_of(hub, number, who), who, outcome, reason)
        if trouble is not None:
            return case_page(who, number, trouble, reason)
        return RedirectResponse(f"/desk/cases/{number}", 303)

    return routes


def _known(hub: Hub, trouble: str) -> str:
    """What a page was told to say, where that is one of the desk's own troubles."""
    return trouble if trouble.startswith(_TROUBLES) and trouble in hub.texts else ""


def _card(hub: Hub, card_photo: bytes) -> CardPicture | None:
    return decode_card_photo(hub.settings.card_decoder, card_photo, hub.settings.card_decoder_s)
