"""What the sandbox SMS gateway (演示) was given, as a page, and its control: how it behaves from now on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from hub.desk_door import of_the_sandbox, own_form, page_with, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.manners import manner_of
from hub.moments import local_text
from hub.notices.sms_sandbox import MANNERS, PARTY, Manner, SandboxSms
from hub.notices.tables import SandboxText
from hub.pages.render import Pages
from hub.staff import Reception, SignedIn


def router(hub: Hub, pages: Pages, reception: Reception, sms: SandboxSms) -> LateRouter:
    """`/sandbox/sms`."""
    routes = LateRouter(prefix="/sandbox", include_in_schema=False)
    looking = Depends(of_the_sandbox(page_with(reception, Right.SANDBOX)))
    behaving = Depends(of_the_sandbox(staff_with(reception, Right.SANDBOX)))

    @routes.get("/sms")
    def sent(who: SignedIn = looking) -> Response:
        wanted = select(SandboxText).order_by(SandboxText.ticket.desc()).limit(hub.settings.notice_rows)
        with hub.database.reading() as session:
            rows = session.scalars(wanted).all()
            manner = manner_of(session, PARTY)
        values = {"who": who, "here": "sms", "rows": rows, "manner": manner, "manners": MANNERS}
        return pages.show("sandbox_sms.html", values=values | {"now": local_text(hub.clock())})

    @routes.post("/sms")
    def behave(
        manner: Annotated[Manner, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> Response:
        own_form(csrf, who)
        sms.behave(manner)
        return RedirectResponse("/sandbox/sms", 303)

    return routes
