"""What phones and the channel reach: the page behind the QR, the sandbox's cashier (演示), and the notices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal

from fastapi import Form, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy import select

from hub.explanation import item_name
from hub.houses.standing import in_doubt
from hub.hub import Hub
from hub.late_routes import LateRouter
from hub.moments import local_text
from hub.pages.render import Pages
from hub.payments.channel import Bill, ChannelTrouble, SignedNotice
from hub.payments.orders import pay_address, step, yuan
from hub.payments.sandbox import NOTICES, SandboxChannel
from hub.payments.state import MONEY, may
from hub.payments.tables import PaymentOrder
from hub.payments.taking import Taken, locked_order, take_notice
from hub.problems import Problem
from hub.rate_limit import RateLimit, caller_of
from hub.tables import Case

_Token = Annotated[str, Path(min_length=8, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
_RETRY_S: Final = 30.0


def router(hub: Hub, pages: Pages, channel: SandboxChannel) -> LateRouter:
    """`/pay/{token}`, `/sandbox/cashier/{key}` and `POST /v1/payments/notices`."""
    routes = LateRouter()
    limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)

    def refused(trouble: str, status: int, wait_s: float = 0.0) -> HTMLResponse:
        headers = {"Retry-After": str(round(wait_s))} if wait_s else None
        return pages.show("pay.html", status, {"trouble": trouble}, headers)

    def too_many(request: Request) -> HTMLResponse | None:
        wait_s = limit.wait_s(caller_of(request))
        return refused("hub.verify.too_many", 429, wait_s) if wait_s else None

    @routes.get("/pay/{token}", tags=["residents"], response_class=HTMLResponse)
    def show(token: _Token, request: Request) -> Response:
        """What is to be paid and how it stands, for the phone that scanned the QR."""
        if (wait := too_many(request)) is not None:
            return wait
        with hub.database.reading() as session:
            order = session.scalars(select(PaymentOrder).where(PaymentOrder.token == token)).one_or_none()
            if order is None:
                return refused("hub.pay.unknown", 404)
            case = session.get_one(Case, order.case_id)
            if may(order.state, "open") and in_doubt(session, hub, case):
                return refused("hub.pay.held", 409)
        payable = may(order.state, "open") and hub.clock() < order.until
        values = {
            "order": order,
            "case": case,
            "item": item_name(hub, case.item),
            "yuan": yuan(order.received_fen if order.state in MONEY else order.amount_fen),
            "payable": payable,
            "state": order.state if payable or order.state not in ("made", "shown") else "expired",
            "until": local_text(order.until),
            "paid_at": local_text(order.paid_at),
            "now": local_text(hub.clock()),
        }
        return pages.show("pay.html", values=values)

    @routes.post("/pay/{token}", tags=["residents"])
    def begin(token: _Token, request: Request) -> Response:
        """Begins to pay: the order is marked before the channel hears of it, so that nothing paid is ever forgotten."""
        if (wait := too_many(request)) is not None:
            return wait
        with hub.database.reading() as session:
            number = session.scalars(select(PaymentOrder.number).where(PaymentOrder.token == token)).one_or_none()
        if number is None:
            return refused("hub.pay.unknown", 404)
        with hub.database.writing() as session:
            order = locked_order(session, number)
            if order is None or not may(order.state, "open") or hub.clock() >= order.until:
                return RedirectResponse(f"/pay/{token}", 303)
            if in_doubt(session, hub, session.get_one(Case, order.case_id)):  # two have bought the home since
                return refused("hub.pay.held", 409)
            if order.state == "made":
                order.ask_at = min(order.until, hub.clock() + timedelta(seconds=hub.settings.pay_ask_s))
            step(session, order, "open", "phone", "", hub.clock())
            bill = Bill(order.number, order.amount_fen, item_name(hub, order.item), pay_address(hub, order))
        try:
            return RedirectResponse(channel.place(bill), 303)
        except ChannelTrouble:
            return refused("hub.pay.silent", 503, _RETRY_S)

    @routes.get("/sandbox/cashier/{key}", tags=["sandbox"], response_class=HTMLResponse)
    def cashier(key: _Token) -> Response:
        """The sandbox's cashier (演示): no money moves here."""
        bill = channel.bill_of(key)
        if bill is None:
            return refused("hub.pay.unknown", 404)
        return pages.show("cashier.html", values={"bill": bill, "yuan": yuan(bill.amount_fen)})

    @routes.post("/sandbox/cashier/{key}", tags=["sandbox"])
    def at_cashier(key: _Token, act: Annotated[Literal["pay", "decline"], Form()]) -> Response:
        """Pays or declines in the sandbox, and goes back to the order's page."""
        bill = channel.bill_of(key)
        if bill is None:
            return refused("hub.pay.unknown", 404)
        if act == "decline":
            channel.decline(key)
        elif not channel.pay(key):
            return RedirectResponse(f"/sandbox/cashier/{key}", 303)
        return RedirectResponse(_path_of(bill.back_to), 303)

    @routes.post(NOTICES, tags=["payments"])
    def notice(told: SignedNotice) -> JSONResponse:
        """The channel's signed word that something was paid; the same one counts once."""
        if not told.is_of(channel.public):
            raise Problem("notice_forged", 403, "缴费通知的签名不对，没有入账。", park=True)
        result = take_notice(hub, told.notice)
        if result is Taken.ORDER_UNKNOWN:  # it may be quicker than our own commit: it is to come again
            raise Problem("order_unknown", 404, "没有这张缴费单，请稍后再通知。", retry_after=_RETRY_S)
        if result is Taken.STALE:
            raise Problem("notice_stale", 409, "这是过期或重放的缴费通知，没有入账。", park=True)
        return JSONResponse({"result": result.value})

    return routes


def _path_of(address: str) -> str:
    """The page on this hub; the phone may have come by another name of it than the one in the QR."""
    return f"/pay/{address.rpartition('/pay/')[2]}"
