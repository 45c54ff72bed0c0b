"""The sandbox courier's control over HTTP: an operator sets how it behaves, to see what residents are then told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request

from hub.delivery.sandbox import MANNERS, Manner, SandboxCourier
from hub.desk_door import own_form
from hub.problems import Problem
from hub.routes.console import staff_of
from hub.staff import OPERATOR, Reception, SignedIn


def operator_of(reception: Reception) -> Callable[[Request], SignedIn]:
    """A dependency of routes that only operators may use; raises Problem."""

    def operator_only(request: Request) -> SignedIn:
        who = staff_of(reception, request)
        if who.role != OPERATOR:
            raise Problem("operators_only", 403, "只有值守人员可以调演示沙箱。")
        return who

    return operator_only


def router(courier: SandboxCourier, reception: Reception) -> APIRouter:
    """`POST /sandbox/courier`."""
    routes = APIRouter(prefix="/sandbox", include_in_schema=False)
    operator = Depends(operator_of(reception))

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
