"""The desk's section about a delivery: handing out at the hall, sending again what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.answers import lock_cases
from hub.casework.joining import name_of
from hub.delivery.course import Standing
from hub.delivery.sending import move_on
from hub.delivery.standing import delivery_view, hall_name
from hub.delivery.tables import Delivery
from hub.desk import DeskTrouble
from hub.desk_door import case_id_of, own_form, staff_with
from hub.desk_panels import Panel
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.staff import Reception, SignedIn
from hub.tables import Case
from hub.withdrawals import read_addressee

Act = Literal["ready", "fetched", "again", "collect"]
_FROM: Final[dict[Act, tuple[Standing, ...]]] = {
    "ready": ("wanted",),
    "fetched": ("ready",),
    "again": ("returned",),
    "collect": ("returned", "wanted"),
}


def delivery_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """How far the delivery is, and what a clerk can do about it."""
    view = delivery_view(session, hub, case)
    if view is None:
        return None
    return Panel("desk/delivery.html", {"view": view, "acts": _acts(session.get_one(Delivery, case.id), case, who)})


def router(hub: Hub, reception: Reception) -> LateRouter:
    """`POST /desk/cases/{number}/delivery`."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    clerk = Depends(staff_with(reception, Right.DESK))

    @routes.post("/cases/{number}/delivery")
    def deliver(
        number: str,
        act: Annotated[Act, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        at_hall = hall_case_id(hub, number, who)
        trouble = do(hub, at_hall or case_id_of(hub, number, who), who, act)
        said = "" if trouble is None else f"?trouble={trouble.text}"
        return RedirectResponse(f"/desk{said}" if at_hall is not None else f"/desk/cases/{number}{said}", 303)

    return routes


@dataclass(frozen=True, slots=True)
class AtHall:
    """What a hall has to hand out, as far as handing out needs it: the case itself is not the hall's to read."""

    number: str
    item_name: str
    masked_name: str
    text: str
    acts: tuple[Act, ...]


def at_halls(session: Session, hub: Hub, who: SignedIn) -> list[AtHall]:
    """What the halls of a clerk's divisions have to hand out, the oldest first."""
    wanted = select(Case, Delivery).join(Delivery, Delivery.case_id == Case.id).where(_here(who))
    rows = session.execute(wanted.order_by(Delivery.moved_at).limit(hub.settings.desk_queue)).all()
    return [
        AtHall(
            number=case.number,
            item_name=name_of(hub, case.item),
            masked_name=case.masked_name,
            text=hub.texts(f"hub.delivery.collect.{row.state}", hall=hall_name(hub, row)),
            acts=_acts(row, case, who),
        )
        for case, row in rows
    ]


def hall_case_id(hub: Hub, number: str, who: SignedIn) -> int | None:
    """A case whose result lies at a hall of this clerk's; None for any other."""
    wanted = select(Case.id).join(Delivery, Delivery.case_id == Case.id).where(_here(who), Case.number == number)
    with hub.database.reading() as session:
        return session.scalars(wanted).one_or_none()


def _here(who: SignedIn) -> ColumnElement[bool]:
    collected = (Delivery.way == "collect") & Delivery.state.in_(("wanted", "ready")) & (Case.state == "approved")
    return collected & Delivery.hall.contains(f"@{who.region_prefix}", autoescape=True)


def do(hub: Hub, case_id: int, who: SignedIn, act: Act) -> DeskTrouble | None:
    """One act on the delivery, once."""
    with hub.database.reading() as session:
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get(Delivery, case_id, with_for_update=True)
        if row is None or act not in _acts(row, case, who):
            return DeskTrouble("hub.desk.trouble.delivery", 409)
        match act:
            case "ready" | "fetched":
                move_on(session, hub, case, row, act, addressee)
            case "again":
                row.attempt, row.waybill = row.attempt + 1, None
                move_on(session, hub, case, row, "wanted", addressee)
            case "collect":
                row.way, row.waybill, row.hall = "collect", None, row.hall or case.unit
                move_on(session, hub, case, row, "wanted", addressee)
    return None


def _acts(row: Delivery, case: Case, who: SignedIn) -> tuple[Act, ...]:
    """What this clerk can do now: the hall hands out, whoever handles the case sends."""
    hall = row.hall.partition("@")[2]
    here = case.handled_in.startswith(who.region_prefix)
    at_hall = row.way == "collect" and hall.startswith(who.region_prefix)
    wished: tuple[Act, ...] = ("ready", "fetched") if row.way == "collect" else ("again", "collect")
    allowed = at_hall or here if row.way == "collect" else here
    if not allowed or case.state != "approved":
        return ()
    return tuple(act for act in wished if row.state in _FROM[act])
