"""One's own account at the hub: the role, the division, and what both together allow."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import Response

from hub.desk_door import own_form, page_with, staff_with
from hub.divisions import division_full_name
from hub.hub import Hub
from hub.identity.factors import has_factor, recovery_left
from hub.identity.roles import ACCOUNT, RIGHTS, Right
from hub.identity.told import done_to, new_to
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.staff import MIN_PASSWORD, Reception, SignedIn
from hub.trouble import StaffTrouble


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/account` and one's own new password, for everybody who has signed in."""
    routes = LateRouter(include_in_schema=False)
    entered, changing = (Depends(make(reception, Right.SELF)) for make in (page_with, staff_with))

    def page(who: SignedIn, said: str = "", status: int = 200) -> Response:
        with hub.database.reading() as session:
            left = recovery_left(session, who.name) if has_factor(session, who.name) else None
            log, new = done_to(session, who.name, hub.settings.account_log_rows), new_to(session, who.name)
        values = {
            "who": who,
            "here": "account",
            "division": division(hub, who.region),
            "rights": [one for one in Right if one in RIGHTS[who.role] and one is not Right.SELF],
            "left": left,
            "log": log,
            "new": new,
            "said": said,
            "least": MIN_PASSWORD,
            "now": local_text(hub.clock()),
        }
        return pages.show("account.html", status, values)

    @routes.get(ACCOUNT)
    def account(who: SignedIn = entered) -> Response:
        return page(who)

    @routes.post(f"{ACCOUNT}/password")
    def change(
        old: Annotated[str, Form(max_length=400)] = "",
        new: Annotated[str, Form(max_length=400)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = changing,
    ) -> Response:
        own_form(csrf, who)
        try:
            refused = reception.change_password(who, old, new)
        except StaffTrouble:
            return page(who, "hub.account.password.bad", 422)
        return page(who, "hub.account.password.done") if refused is None else page(who, refused.text, 422)

    return routes


def division(hub: Hub, region: str) -> str:
    """A division's name for people; all of them together have one too."""
    if not region.strip("0"):
        return hub.texts("hub.account.everywhere")
    return division_full_name(hub, region)
