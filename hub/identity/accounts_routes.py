"""The system administrator's page of accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.desk_door import own_form, page_with, staff_with
from hub.hub import Hub
from hub.identity.account_changes import begin_account, begin_codes, begin_link, begin_password, waiting
from hub.identity.account_routes import division
from hub.identity.accounts import (
    GIVEN,
    accounts,
    close_account,
    open_again,
    unlink_province,
)
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.staff import Reception, SignedIn

_ADDRESS = "/console/accounts"
Act = Literal["password", "codes", "close", "open", "link", "unlink"]


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/console/accounts`; what would let somebody act under another's name only begins here."""
    routes = LateRouter(include_in_schema=False)
    looking, doing = (Depends(make(reception, Right.ACCOUNTS)) for make in (page_with, staff_with))

    def page(who: SignedIn, name: str = "", half: str = "") -> Response:
        with hub.database.reading() as session:
            rows = accounts(session, who, hub.settings.account_rows)
            begun = waiting(session, hub, who)
        values: dict[str, object] = {
            "who": who,
            "here": "accounts",
            "rows": [(row, division(hub, row.region)) for row in rows],
            "roles": GIVEN,
            "province": hub.settings.oidc is not None,
            "told": {"name": name, "half": half} if half else None,
            "begun": begun,
            "now": local_text(hub.clock()),
        }
        return pages.show("accounts.html", values=values)

    @routes.get(_ADDRESS)
    def show(who: SignedIn = looking) -> Response:
        return page(who)

    @routes.post(_ADDRESS)
    def add(
        name: Annotated[str, Form(max_length=40)] = "",
        role: Annotated[str, Form(max_length=20)] = "",
        region: Annotated[str, Form(max_length=12)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = doing,
    ) -> Response:
        own_form(csrf, who)
        return page(who, name.strip(), begin_account(hub, who, name, role, region))

    @routes.post(f"{_ADDRESS}/change")
    def change(
        act: Annotated[Act, Form()],
        name: Annotated[str, Form(max_length=40)] = "",
        subject: Annotated[str, Form(max_length=300)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = doing,
    ) -> Response:
        own_form(csrf, who)
        match act:
            case "password":
                return page(who, name, begin_password(hub, who, name))
            case "codes":
                begin_codes(hub, who, name)
            case "close":
                close_account(hub, who, name)
            case "open":
                open_again(hub, who, name)
            case "link":
                begin_link(hub, who, name, subject)
            case "unlink":
                unlink_province(hub, who, name)
        return RedirectResponse(_ADDRESS, 303)

    return routes
