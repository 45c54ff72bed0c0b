"""The sandbox courier's control over HTTP: an operator sets how it behaves, to see what residents are then told."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form

from hub.delivery.sandbox import MANNERS, Manner, SandboxCourier
from hub.desk_door import of_the_sandbox, own_form, staff_with
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.staff import Reception, SignedIn


def router(courier: SandboxCourier, reception: Reception) -> LateRouter:
    """`POST /sandbox/courier`."""
    routes = LateRouter(prefix="/sandbox", include_in_schema=False)
    behaving = Depends(of_the_sandbox(staff_with(reception, Right.SANDBOX)))

    @routes.post("/courier")
    def behave(
        manner: Annotated[Manner, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> dict[str, object]:
        """Sets the manner: well, late, wrong, silent, twice."""
        own_form(csrf, who)
        courier.behave(manner)
        return {"party": "courier", "manner": manner, "manners": MANNERS, "sandbox": "演示"}

    return routes
