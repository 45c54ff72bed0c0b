"""What an operator does about one terminal, from its page."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.alarms import settle_alarm
from hub.credentials import readmit, revoke
from hub.desk_door import own_form, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.replay import replay
from hub.routes.console import terminal_of
from hub.staff import Reception, SignedIn
from offline.wire.event import terminal_source


def router(hub: Hub, reception: Reception) -> LateRouter:
    """`POST /console/terminals/{id}/…`."""
    routes = LateRouter(prefix="/console/terminals/{terminal_id}", include_in_schema=False)

    entered = Depends(staff_with(reception, Right.CARE))

    def caring(terminal_id: str, who: SignedIn = entered, csrf: Annotated[str, Form(max_length=100)] = "") -> SignedIn:
        own_form(csrf, who)
        with hub.database.reading() as session:
            terminal_of(session, terminal_id, who)
        return who

    operator = Depends(caring)

    @routes.post("/readmission")
    def let_in(terminal_id: str, who: SignedIn = operator, code: Annotated[str, Form(max_length=20)] = "") -> Response:
        trouble = readmit(hub, terminal_id, code, who.name)
        return _back(terminal_id, trouble or "hub.readmit.done")

    @routes.post("/revocation")
    def shut_out(terminal_id: str, who: SignedIn = operator, sure: Annotated[str, Form(max_length=5)] = "") -> Response:
        if sure != "yes":
            return _back(terminal_id, "hub.revoke.unsure")
        with hub.database.writing() as session:
            revoke(session, terminal_of(session, terminal_id, who), hub.clock(), who.name)
        return _back(terminal_id, "hub.revoke.done")

    @routes.post("/alarms")
    def looked_into(
        terminal_id: str,
        who: SignedIn = operator,
        chain: Annotated[str, Form(max_length=10)] = "",
        kind: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        with hub.database.writing() as session:
            found = settle_alarm(session, terminal_id, chain, kind, who.name, hub.clock())
        return _back(terminal_id, "hub.alarm.done" if found else "hub.alarm.nothing")

    @routes.post("/parked")
    def take_up(
        terminal_id: str,
        who: SignedIn = operator,
        event_id: Annotated[str, Form(max_length=36)] = "",
        chain: Annotated[Literal["terminal", "agent"], Form()] = "terminal",
    ) -> Response:
        source = terminal_source(terminal_id)
        result = replay(hub, source if chain == "terminal" else f"{source}/agent", event_id, who.name)
        return _back(terminal_id, {"stored": "hub.replay.done"}.get(result.outcome, f"hub.replay.{result.outcome}"))

    return routes


def _back(terminal_id: str, said: str) -> Response:
    return RedirectResponse(f"/console/terminals/{terminal_id}?said={said}", 303)
