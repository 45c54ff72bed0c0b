"""The desk's pages about seals: sealing a case, the register of one's divisions, checking a paper somebody brings."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, File, Form, UploadFile
from fastapi.responses import Response

from hub.certificates.custody import handling, seal_case, seals_of, uses, waiting
from hub.certificates.desk_acts import DeskAct, change_at_desk
from hub.certificates.orders import title_of
from hub.certificates.trust import trust_now
from hub.desk_door import back_to_case, case_id_of, own_form, page_with, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.problems import Problem
from hub.staff import Reception, SignedIn

CHECK_ADDRESS: Final = "/desk/seals/check"
_FORM_BYTES: Final = 64 * 1024


def check_bytes(hub: Hub) -> int:
    """What a request with a paper may take."""
    return hub.settings.verify_pdf_bytes + _FORM_BYTES


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/desk/seals`, `/desk/seals/check`, and what is done to a case's certificate; clerks only."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    reading, clerk = Depends(page_with(reception, Right.DESK)), Depends(staff_with(reception, Right.DESK))

    @routes.get("/seals")
    def register(who: SignedIn = reading) -> Response:
        return page(who)

    def page(who: SignedIn, judged: dict[str, object] | None = None) -> Response:
        most = hub.settings.paper_rows
        with hub.database.reading() as session:
            values: dict[str, object] = {
                "who": who,
                "here": "seals",
                "seals": [(seal, local_text(seal.valid_until)) for seal in seals_of(session, who.region_prefix, most)],
                "waiting": [(case, title_of(hub, kind)) for case, kind in waiting(session, who.region_prefix, most)],
                "uses": uses(session, who.region_prefix),
                "handling": handling(session, hub, who.region_prefix),
                "judged": judged,
                "now": local_text(hub.clock()),
            }
        return pages.show("desk_seals.html", values=values)

    @routes.post("/cases/{number}/seal")
    def seal(
        number: str,
        typed: Annotated[str, Form(max_length=20)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        trouble = seal_case(hub, case_id_of(hub, number, who), who, typed, code)
        return back_to_case(number, trouble)

    @routes.post("/cases/{number}/certificate")
    def certificate(
        number: str,
        act: Annotated[DeskAct, Form()],
        identifier: Annotated[str, Form(max_length=140)] = "",
        reason: Annotated[str, Form(max_length=2000)] = "",
        typed: Annotated[str, Form(max_length=20)] = "",
        field: Annotated[str, Form(max_length=60)] = "",
        value: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        case_id = case_id_of(hub, number, who)
        trouble = change_at_desk(hub, case_id, who, identifier, act, reason, typed=typed, field=field, value=value)
        return back_to_case(number, trouble)

    @routes.post("/seals/check")
    def check(
        paper: Annotated[UploadFile, File()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        from hub.certificates.verification import identifier_in, judge  # pyHanko is large

        own_form(csrf, who)
        pdf = paper.file.read(hub.settings.verify_pdf_bytes + 1)
        if len(pdf) > hub.settings.verify_pdf_bytes:
            raise Problem("too_large", 413, "文件太大，不是证照。")
        with hub.database.reading() as session:
            said = judge(pdf, trust_now(session, hub, identifier_in(pdf)), hub.clock())
        return page(
            who,
            {
                "word": said.word.value,
                "counts": said.counts,
                "identifier": said.identifier,
                "unit": said.unit,
                "sealed_at": local_text(said.sealed_at),
                "until": "" if said.valid_until is None else said.valid_until.isoformat(),
            },
        )

    return routes
