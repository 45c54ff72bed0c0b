"""The clerks' call list: what nobody has heard yet after some days, whom it concerns, and what came of a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.desk_door import own_form, page_with, staff_with
from hub.explanation import item_name
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.notices.tables import Notice, NoticeCall
from hub.pages.render import Pages
from hub.problems import Problem
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn
from hub.tables import Case


@dataclass(frozen=True, slots=True)
class ToCall:
    """A call to make: everything that there is to say of one case."""

    id: int
    masked_name: str
    item: str
    number: str
    texts: tuple[str, ...]
    made: str
    calls: int


def router(hub: Hub, pages: Pages, reception: Reception) -> LateRouter:
    """`/desk/calls`."""
    routes = LateRouter(prefix="/desk", include_in_schema=False)
    reading, clerk = Depends(page_with(reception, Right.DESK)), Depends(staff_with(reception, Right.DESK))

    @routes.get("/calls")
    def calls(who: SignedIn = reading) -> Response:
        with hub.database.reading() as session:
            lines = to_call(session, hub, who.region_prefix)
        values = {"who": who, "here": "calls", "lines": lines, "refresh_s": hub.settings.refresh_s}
        return pages.show("calls.html", values=values | {"now": local_text(hub.clock())})

    @routes.post("/calls/{notice_id}")
    def called(
        notice_id: RowNumber,
        reached: Annotated[bool, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        with hub.database.writing() as session:
            notice = session.get(Notice, notice_id, with_for_update=True)
            if notice is None or not session.get_one(Case, notice.case_id).handled_in.startswith(who.region_prefix):
                raise Problem("notice_unknown", 404, "没有这条通知。")
            session.add(NoticeCall(notice_id=notice.id, staff=who.name, reached=reached, at=hub.clock()))
            if reached:
                told = update(Notice).where(Notice.case_id == notice.case_id, Notice.told_at.is_(None))
                told = told.where(Notice.made_at <= _before(hub))
                session.execute(told.values(told_at=hub.clock(), told_by=f"call:{who.name}"))
        return RedirectResponse("/desk/calls", 303)

    return routes


def to_call(session: Session, hub: Hub, prefix: str) -> list[ToCall]:
    """What waited long enough for its person to come to a terminal, oldest first."""
    tried = select(func.count()).where(NoticeCall.notice_id == Notice.id).scalar_subquery()
    wanted = (
        select(Notice, Case, tried)
        .join(Case, Case.id == Notice.case_id)
        .where(Notice.told_at.is_(None), Notice.made_at <= _before(hub))
        .where(Case.handled_in.startswith(prefix, autoescape=True))
        .order_by(Notice.id)
        .limit(hub.settings.notice_rows)
    )
    by_case: dict[int, list[tuple[Notice, Case, int]]] = {}
    for notice, case, count in session.execute(wanted):
        by_case.setdefault(case.id, []).append((notice, case, int(count)))
    return [_line(hub, told) for told in by_case.values()]


def _before(hub: Hub) -> datetime:
    """What was made until then has waited long enough."""
    return hub.clock() - timedelta(hours=hub.settings.notice_call_hours)


def _line(hub: Hub, told: Sequence[tuple[Notice, Case, int]]) -> ToCall:
    first, case, _ = told[0]
    return ToCall(
        id=first.id,
        masked_name=case.masked_name,
        item=item_name(hub, case.item),
        number=case.number,
        texts=tuple(dict.fromkeys(notice.text for notice, _, _ in told)),
        made=local_text(first.made_at),
        calls=max(calls for _, _, calls in told),
    )
