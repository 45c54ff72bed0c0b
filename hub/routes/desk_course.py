"""What the desk's section about a case's course posts: pause, resume, transfer, hand over."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.casework.desk_acts import ask_papers, hand_over, note_work, pause, resume, take_paper, transfer
from hub.desk import DeskTrouble
from hub.desk_door import back_to_case, case_id_of, own_form, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.staff import Reception, SignedIn

Act = Literal["pause", "resume", "transfer", "hand_over", "ask_papers", "bring_paper", "note"]


def router(hub: Hub, reception: Reception) -> LateRouter:
    """`POST /desk/cases/{number}/course`."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    clerk = Depends(staff_with(reception, Right.DESK))

    @routes.post("/cases/{number}/course")
    def course(
        number: str,
        act: Annotated[Act, Form()],
        what: Annotated[str, Form(max_length=250)] = "",
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        trouble = _do(hub, case_id_of(hub, number, who), who, act, what, reason)
        if trouble is not None:
            return back_to_case(number, trouble)
        # Passed on, the case is no longer this clerk's: the queue is where the work goes on.
        return RedirectResponse("/desk" if act == "transfer" else f"/desk/cases/{number}", 303)

    return routes


def _do(hub: Hub, case_id: int, who: SignedIn, act: Act, what: str, reason: str) -> DeskTrouble | None:
    match act:
        case "pause":
            return pause(hub, case_id, who, what, reason)
        case "resume":
            return resume(hub, case_id, who, reason)
        case "transfer":
            return transfer(hub, case_id, who, what, reason)
        case "hand_over":
            return hand_over(hub, case_id, who, what, reason)
        case "ask_papers":
            return ask_papers(hub, case_id, who, what, reason)
        case "bring_paper":
            return take_paper(hub, case_id, who, what)
        case "note":
            return note_work(hub, case_id, who, reason)
