"""One's own account at the hub: the role, the division, and what both together allow."""

from __future__ import annotations

from fastapi import Depends
from fastapi.responses import HTMLResponse

from hub.desk_door import page_with
from hub.hub import Hub
from hub.identity.roles import ACCOUNT, RIGHTS, Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.staff import Reception, SignedIn


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/account`, for everybody who has signed in."""
    routes = LateRouter(include_in_schema=False)
    entered = Depends(page_with(reception, Right.SELF))

    @routes.get(ACCOUNT)
    def account(who: SignedIn = entered) -> HTMLResponse:
        values = {
            "who": who,
            "here": "account",
            "division": division(hub, who.region),
            "rights": [one for one in Right if one in RIGHTS[who.role] and one is not Right.SELF],
            "refresh_s": hub.settings.refresh_s,
            "now": local_text(hub.clock()),
        }
        return pages.show("account.html", values=values)

    return routes


def division(hub: Hub, region: str) -> str:
    """A division's name for people; all of them together have one too."""
    if not region.strip("0"):
        return hub.texts("hub.account.everywhere")
    return hub.regions.full_name(region) if region in hub.regions else region
