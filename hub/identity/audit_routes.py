"""The auditor's page: who did what in a division. It reads, and nothing on it changes anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from hub.desk_door import page_with
from hub.hub import Hub
from hub.identity.audit import entries
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.staff import Reception, SignedIn


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/audit`."""
    routes = LateRouter(include_in_schema=False)
    reading = Depends(page_with(reception, Right.AUDIT))

    @routes.get("/console/audit")
    def show(who: SignedIn = reading, actor: Annotated[str, Query(max_length=40)] = "") -> Response:
        with hub.database.reading() as session:
            rows = entries(session, who.region_prefix, actor, hub.settings.audit_rows)
        values = {"who": who, "here": "audit", "rows": rows, "actor": actor, "now": local_text(hub.clock())}
        return pages.show("audit.html", values=values)

    return routes
