"""The sandbox courier's control over HTTP: an operator sets how it behaves, to see what residents are then told."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form, Request

from hub.delivery.sandbox import MANNERS, Manner, SandboxCourier
from hub.desk_door import own_form
from hub.late_routes import LateRouter
from hub.problems import Problem
from hub.routes.console import staff_of
from hub.staff import OPERATOR, Reception, SignedIn


def router(courier: SandboxCourier, reception: Reception) -> LateRouter:
    """`POST /sandbox/courier`."""
    routes = LateRouter(prefix="/sandbox", include_in_schema=False)

    def operator_only(request: Request) -> SignedIn:
        who = staff_of(reception, request)
        if who.role != OPERATOR:
            raise Problem("operators_only", 403, "只有值守人员可以调演示沙箱。")
        return who

    operator = Depends(operator_only)

    @routes.post("/courier")
    def behave(
        manner: Annotated[Manner, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = operator,
    ) -> dict[str, object]:
        """Sets the manner: well, late, wrong, silent, twice."""
        own_form(csrf, who)
        courier.behave(manner)
        return {"party": "courier", "manner": manner, "manners": MANNERS, "sandbox": "演示"}

    return routes
