"""The sandbox sources' control over HTTP: an operator sets how one behaves, to see what residents are then told."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form

from hub.desk_door import of_the_sandbox, own_form, staff_with
from hub.gateway.sandbox import MANNERS, Manner, SandboxSources
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.problems import Problem
from hub.staff import Reception, SignedIn


def router(hub: Hub, sandbox: SandboxSources, reception: Reception) -> LateRouter:
    """`POST /sandbox/sources/{id}`."""
    routes = LateRouter(prefix="/sandbox", include_in_schema=False)
    behaving = Depends(of_the_sandbox(staff_with(reception, Right.SANDBOX)))

    @routes.post("/sources/{source}")
    def behave(
        source: str,
        manner: Annotated[Manner, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> dict[str, object]:
        """Sets the manner: well, late, wrong, silent, old, twice."""
        own_form(csrf, who)
        if hub.sources.source(source) is None:
            raise Problem("source_unknown", 404, "没有这个数据来源。")
        sandbox.behave(source, manner)
        return {"source": source, "manner": manner, "manners": MANNERS, "sandbox": "演示"}

    return routes
