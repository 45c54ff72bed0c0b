"""The clerks' call list: what nobody has heard by card or SMS, whom it concerns, and what came of a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.desk_door import own_form, page_with, staff_with
from hub.explanation import item_name
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.notices.contacts import end_contact
from hub.notices.course import Answer, called
from hub.notices.making import course_of, note, put, subject_of_notice
from hub.notices.tables import Notice, NoticeStep
from hub.pages.render import Pages
from hub.problems import Problem
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn
from hub.tables import Case

ANSWERS: Final[tuple[Answer, ...]] = ("reached", "no_answer", "wrong_number")


@dataclass(frozen=True, slots=True)
class ToCall:
    """A call: all there is to say to one person of one case, why it has to be a call, and how calls went."""

    id: int
    masked_name: str
    item: str
    number: str
    texts: tuple[str, ...]
    made: str
    why: str
    tried: tuple[tuple[str, int], ...]


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/desk/calls`."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    reading, clerk = Depends(page_with(reception, Right.DESK)), Depends(staff_with(reception, Right.DESK))

    @routes.get("/calls")
    def calls(who: SignedIn = reading) -> Response:
        with hub.database.reading() as session:
            lines = to_call(session, hub, who.region_prefix)
        values = {"who": who, "here": "calls", "lines": lines, "answers": ANSWERS, "now": local_text(hub.clock())}
        return pages.show("calls.html", values=values | {"refresh_s": hub.settings.refresh_s})

    @routes.post("/calls/{notice_id}")
    def rang(
        notice_id: RowNumber,
        answer: Annotated[Answer, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        with hub.database.writing() as session:
            notice = session.get(Notice, notice_id)
            case = None if notice is None else session.get_one(Case, notice.case_id)
            if notice is None or case is None or not case.handled_in.startswith(who.region_prefix):
                raise Problem("notice_unknown", 404, "没有这条通知。")
            same = _waiting(hub).where(Notice.case_id == case.id, Notice.subject == notice.subject)
            for row in session.scalars(same.with_for_update()).all():
                put(row, called(course_of(row), answer, who.name, hub.clock()))
                note(session, hub, row, "call", answer, who.name)
            if answer == "wrong_number":
                end_contact(session, hub, subject_of_notice(notice, case), "wrong")
        return RedirectResponse("/desk/calls", 303)

    return routes


def to_call(session: Session, hub: Hub, prefix: str) -> list[ToCall]:
    """What the other channels have not said, oldest first."""
    wanted = _waiting(hub).add_columns(Case).join(Case, Case.id == Notice.case_id)
    wanted = wanted.where(Case.handled_in.startswith(prefix, autoescape=True)).limit(hub.settings.notice_rows)
    by_whom: dict[tuple[int, str], list[tuple[Notice, Case]]] = {}
    for notice, case in session.execute(wanted):
        by_whom.setdefault((case.id, notice.subject), []).append((notice, case))
    return [_line(session, hub, told) for told in by_whom.values()]


def _waiting(hub: Hub) -> Select[Notice]:
    return select(Notice).where(Notice.told_at.is_(None), Notice.call_at <= hub.clock()).order_by(Notice.id)


def _line(session: Session, hub: Hub, told: Sequence[tuple[Notice, Case]]) -> ToCall:
    first, case = told[0]
    rang = select(NoticeStep.word).where(NoticeStep.notice_id == first.id, NoticeStep.channel == "call")
    return ToCall(
        id=first.id,
        masked_name=first.masked or case.masked_name,
        item=item_name(hub, case.item),
        number=case.number,
        texts=tuple(dict.fromkeys(notice.text for notice, _ in told)),
        made=local_text(first.made_at),
        why=hub.texts(f"hub.notice.sms.{first.sms_state}"),
        tried=tuple(Counter(session.scalars(rang)).items()),
    )
