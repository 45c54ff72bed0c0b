"""`/v1/terminals/{id}/bell` for terminals, `/desk/bells/{id}` for clerks."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from hub.bells.ringing import answer, last_bell, ring, settle
from hub.bells.standing import What
from hub.desk_door import own_form, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.problems import Problem
from hub.rate_limit import RateLimit
from hub.routes.signed import SignedRequest, own_request
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn
from offline.wire.bell import BellReply, BellRing

Act = Literal["coming"] | What


def router(hub: Hub, reception: Reception) -> LateRouter:
    """Three routes; a terminal whose credential is over may still call for a person."""
    routes = LateRouter()
    limit = RateLimit(hub.settings.bell_asks_per_minute, hub.settings.watched_callers, hub.clock)
    own = Depends(own_request(hub, expired=True))
    clerk = Depends(staff_with(reception, Right.DESK))

    def bounded(terminal_id: str) -> None:
        if wait_s := limit.wait_s(terminal_id):
            raise Problem("too_many_tries", 429, "查询太频繁，请稍后再试。", retry_after=wait_s)

    @routes.post("/v1/terminals/{terminal_id}/bell", tags=["terminals"], openapi_extra=_ring_body())
    def called(request: SignedRequest = own) -> BellReply:
        """Somebody at the terminal wants a person, now."""
        bounded(request.terminal_id)
        try:
            asked = BellRing.model_validate(request.json())
        except ValidationError:
            raise Problem("malformed", 400, "呼叫的内容不合约定。", park=True) from None
        return ring(hub, request.terminal_id, asked)

    @routes.get("/v1/terminals/{terminal_id}/bell", tags=["terminals"])
    def standing(request: SignedRequest = own) -> BellReply:
        """Whether somebody comes."""
        bounded(request.terminal_id)
        return last_bell(hub, request.terminal_id)

    @routes.post("/desk/bells/{bell_id}", include_in_schema=False)
    def work(
        bell_id: RowNumber,
        act: Annotated[Act, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        trouble = answer(hub, bell_id, who) if act == "coming" else settle(hub, bell_id, who, act)
        return RedirectResponse(f"/desk?trouble={trouble}" if trouble else "/desk", 303)

    return routes


def _ring_body() -> dict[str, object]:
    schema = {"type": "object", "properties": BellRing.model_json_schema()["properties"]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
