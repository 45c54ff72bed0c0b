"""The staff's pages about money: tickets and refunds at the desk, the days' reconciliation at the console."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from hub.desk_door import back_to_case, case_id_of, own_form, page_with, staff_with
from hub.hub import Hub
from hub.identity.roles import Right
from hub.late_routes import LateRouter
from hub.moments import local_day, local_text
from hub.pages.render import Pages
from hub.payments.channel import ChannelTrouble
from hub.payments.orders import yuan
from hub.payments.reconciling import reconcile
from hub.payments.refunding import refund_case
from hub.payments.sandbox import WAYS, Behaviour, SandboxChannel, till
from hub.payments.tables import PaymentDay, PaymentTicket
from hub.payments.tickets import CLOSED, OPEN, close_ticket, tickets_of
from hub.problems import Problem
from hub.row_numbers import RowNumber
from hub.staff import Reception, SignedIn
from hub.tables import Case

_DAYS: Final = 31
_OLDEST: Final = timedelta(days=3_660)


def router(hub: Hub, pages: Pages, reception: Reception, channel: SandboxChannel) -> LateRouter:
    """`/desk/payments`, `POST /desk/cases/{number}/refund` and `/console/payments`."""
    routes = LateRouter(include_in_schema=False)
    reading, clerk = Depends(page_with(reception, Right.DESK)), Depends(staff_with(reception, Right.DESK))
    looking = Depends(page_with(reception, Right.MONEY))
    reconciling, behaving = (Depends(staff_with(reception, one)) for one in (Right.RECONCILE, Right.SANDBOX))

    @routes.get("/desk/payments")
    def tickets(who: SignedIn = reading) -> Response:
        with hub.database.reading() as session:
            most = hub.settings.pay_rows
            values: dict[str, object] = {
                "who": who,
                "here": "payments",
                "open": [
                    _shown(session.get(Case, one.case_id or 0), one) for one in tickets_of(session, who, OPEN, most)
                ],
                "closed": [
                    _shown(session.get(Case, one.case_id or 0), one) for one in tickets_of(session, who, CLOSED, most)
                ],
                "reason_chars": hub.settings.desk_reason_chars,
                "now": local_text(hub.clock()),
            }
        return pages.show("desk_payments.html", values=values)

    @routes.post("/desk/payments/{ticket}/close")
    def close(
        ticket: RowNumber,
        done: Annotated[str, Form(max_length=200)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        words = " ".join(done.split())
        if not words:
            raise Problem("reason_missing", 422, "请写明怎么处理的。")
        if not close_ticket(hub, ticket, who, words):
            raise Problem("ticket_unknown", 404, "没有这张待处理的对账单差异。")
        return RedirectResponse("/desk/payments", 303)

    @routes.post("/desk/cases/{number}/refund")
    def refund(
        number: str,
        reason: Annotated[str, Form(max_length=2000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = clerk,
    ) -> Response:
        own_form(csrf, who)
        trouble = refund_case(hub, case_id_of(hub, number, who), who, reason)
        return back_to_case(number, trouble)

    @routes.get("/console/payments")
    def days(who: SignedIn = looking, trouble: Annotated[str, Query(max_length=60)] = "") -> Response:
        _everywhere(who)
        how = till(hub)
        with hub.database.reading() as session:
            rows = session.scalars(select(PaymentDay).order_by(PaymentDay.day.desc()).limit(_DAYS)).all()
        values = {
            "who": who,
            "here": "reconciliation",
            "days": [(row, yuan(row.ours_fen), yuan(row.theirs_fen), yuan(row.refunds_fen)) for row in rows],
            "may": who.may(Right.RECONCILE),
            "yesterday": local_day(hub.clock()) - timedelta(days=1),
            "ways": [(name, options, getattr(how, name)) for name, options in WAYS.items()],
            "trouble": "hub.pay.silent" if trouble == "silent" else "",
            "now": local_text(hub.clock()),
        }
        return pages.show("payments.html", values=values)

    @routes.post("/console/payments/reconcile")
    def run(
        day: Annotated[date, Form()],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = reconciling,
    ) -> Response:
        own_form(csrf, who)
        _everywhere(who)
        today = local_day(hub.clock())
        if day > today:
            raise Problem("day_to_come", 422, "这一天还没有到。")
        if day < today - _OLDEST:
            raise Problem("day_too_old", 422, "这一天太久了，渠道没有那时的对账单。")
        try:
            reconcile(hub, channel, day)
        except ChannelTrouble:
            return RedirectResponse("/console/payments?trouble=silent", 303)
        return RedirectResponse("/console/payments", 303)

    @routes.post("/console/payments/sandbox")
    def behave(
        notice: Annotated[str, Form(max_length=10)],
        query: Annotated[str, Form(max_length=10)],
        refund: Annotated[str, Form(max_length=10)],
        statement: Annotated[str, Form(max_length=10)],
        csrf: Annotated[str, Form(max_length=100)] = "",
        who: SignedIn = behaving,
    ) -> Response:
        own_form(csrf, who)
        _everywhere(who)
        said = {"notice": notice, "query": query, "refund": refund, "statement": statement}
        if any(said[name] not in options for name, options in WAYS.items()):
            raise Problem("way_unknown", 422, "演示渠道没有这种表现。")
        channel.behave(Behaviour(**said))  # type: ignore[arg-type]  # each word was looked up just now
        return RedirectResponse("/console/payments", 303)

    return routes


def _everywhere(who: SignedIn) -> None:
    """A day's sums are of the whole hub; whoever looks after a part of it has the tickets of that part."""
    if not who.whole_province:
        raise Problem("province_only", 403, "对账汇总只给全省的账号看。")


def _shown(case: Case | None, one: PaymentTicket) -> tuple[PaymentTicket, str, str, str, str]:
    return one, "" if case is None else case.number, yuan(one.ours_fen), yuan(one.theirs_fen), local_text(one.made_at)
