"""Money that goes back: by itself, by a clerk, once; and a day's books compared with the channel's."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hub.certificates.tables import CertificateJob
from hub.commands import hub as hub_command
from hub.gateway.tables import DataChangeJob
from hub.hub import Hub
from hub.identity.audit import Wanted, entries
from hub.payments.channel import Line
from hub.payments.orders import order_view
from hub.payments.reconciliation import Ours, compare
from hub.payments.reconciling import reconcile
from hub.payments.sandbox import Behaviour
from hub.payments.tables import PaymentDay, PaymentRefund, PaymentTicket, SandboxBill
from hub.staff import add_staff
from hub.tables import Case
from tests.conftest import LogWatch
from tests.hub.payments.till import FEE_FEN, Till
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import NOON, VILLAGE, HandClock
from tests.hub.stores import Store

DAY = date(2026, 11, 23)


@pytest.fixture
def clerk(hub: Hub, clock: HandClock) -> str:
    """A clerk of the county, before whom the cases lie."""
    add_staff(hub.database, clock, "xianli", "clerk", f"{VILLAGE[:6]}000000", PASSWORD)
    return "xianli"


def number_of(till: Till, event_id: str) -> str:
    with till.hub.database.reading() as session:
        return session.scalars(select(Case.number).where(Case.event_id == event_id)).one()


def refunders(till: Till) -> list[tuple[str, str, str]]:
    with till.hub.database.reading() as session:
        rows = entries(session, Wanted(VILLAGE[:6], 100, kind="money"))
    return [(one.actor, one.about, one.detail) for one in rows]


def kinds(till: Till) -> list[str]:
    with till.hub.database.reading() as session:
        return sorted(session.scalars(select(PaymentTicket.kind)))


def test_a_paid_case_that_a_clerk_refuses_is_refunded_by_itself_and_told(till: Till, clerk: str) -> None:
    filed = till.file(payee="chen-deshui")
    path = till.phone(filed)
    number = number_of(till, filed.event_id)
    with signed_in(till.url, clerk) as desk:
        form = {"outcome": "approve", "csrf": csrf_of(desk.get(f"/desk/cases/{number}"))}
        assert "还没有缴费，不能办结通过" in desk.post(f"/desk/cases/{number}/decision", data=form).text
        till.pay(filed)
        till.work()
        refuse = form | {"outcome": "refuse", "reason": "不在同一户"}
        assert desk.post(f"/desk/cases/{number}/decision", data=refuse).is_success
        assert "正在退钱" in till.page(path)
        till.work()
        shown = desk.get(f"/desk/cases/{number}").text
    assert ("已退费" in shown, "退费到账" in shown) == (True, True)
    told = till.seen(filed)
    assert (told.state, told.order.state if told.order else "") == ("refused", "refunded")
    assert refunders(till) == [], "the rule gave it back: nobody of the staff did"
    with till.hub.database.reading() as session:
        assert session.scalars(select(SandboxBill.refunded_at)).one() is not None


def test_an_unpaid_case_that_is_refused_owes_nothing_any_more(till: Till, clerk: str) -> None:
    filed = till.file()
    path = till.phone(filed)
    cashier = till.open(path)
    number = number_of(till, filed.event_id)
    with signed_in(till.url, clerk) as desk:
        form = {"outcome": "refuse", "reason": "不办了", "csrf": csrf_of(desk.get(f"/desk/cases/{number}"))}
        desk.post(f"/desk/cases/{number}/decision", data=form)
    assert "不用缴了" in till.page(path)
    till.cashier(cashier, "pay")  # the cashier was open already: the phone is quicker than the news
    till.work()
    till.work()
    assert (till.order(filed).state, till.seen(filed).state) == ("refunded", "refused")


def test_a_clerk_gives_money_back_once_with_a_reason_and_never_twice(till: Till, clerk: str, logs: LogWatch) -> None:
    logs.expect("waits: 缴费渠道没有回音")
    filed = till.file()
    number = number_of(till, filed.event_id)
    with signed_in(till.url, clerk) as desk:
        csrf = csrf_of(desk.get(f"/desk/cases/{number}"))

        def refund(reason: str) -> str:
            said = desk.post(f"/desk/cases/{number}/refund", data={"reason": reason, "csrf": csrf})
            return said.text

        assert "没有收到钱" in refund("还没有缴")
        till.pay(filed)
        till.work()
        assert "要写明原因" in refund("") or "原因" in refund("")
        till.channel.behave(Behaviour(refund="silent"))
        assert "退费中" in refund("群众在别处交过")
        assert "不能再退一次" in refund("再退一次")
        till.work()
        assert till.order(filed).state == "refund_asked"
        till.channel.behave(Behaviour())
        till.hub.clock.turn(till.hub.settings.pay_ask_most_s)  # type: ignore[attr-defined]
        till.work()
        assert till.order(filed).state == "refunded"
        assert "不能再退一次" in refund("第三次")
        assert refunders(till) == [(clerk, number, "400.00")], "the auditor sees who gave money back"
        assert (till.seen(filed).state, "群众在别处交过" in str(till.seen(filed).reasons)) == ("withdrawn", True)
        assert "撤销并退费" in desk.get(f"/desk/cases/{number}").text
        other = desk.post(f"/desk/cases/{number}/refund", data={"reason": "x", "csrf": "wrong"})
        assert other.status_code == 403
    with till.hub.database.reading() as session:
        assert len(session.scalars(select(PaymentRefund)).all()) == 1


def test_a_refund_the_channel_refuses_is_a_ticket_that_somebody_closes(till: Till, clerk: str) -> None:
    filed = till.file()
    till.pay(filed)
    till.work()
    till.channel.behave(Behaviour(refund="refused"))
    number = number_of(till, filed.event_id)
    with signed_in(till.url, clerk) as desk:
        csrf = csrf_of(desk.get(f"/desk/cases/{number}"))
        desk.post(f"/desk/cases/{number}/refund", data={"reason": "多交了", "csrf": csrf})
        till.work()
        listed = desk.get("/desk/payments").text
        assert ("渠道不退" in listed, number in listed) == (True, True)
        with till.hub.database.reading() as session:
            ticket = session.scalars(select(PaymentTicket.id)).one()
        assert desk.post(f"/desk/payments/{ticket}/close", data={"done": "", "csrf": csrf}).status_code == 422
        closed = desk.post(f"/desk/payments/{ticket}/close", data={"done": "电话办妥", "csrf": csrf})
        assert "电话办妥" in closed.text
        again = {"reason": "渠道说现在可以退了", "csrf": csrf}
        assert desk.post(f"/desk/cases/{number}/refund", data=again).is_success
        till.work()
        assert "渠道不退" in desk.get("/desk/payments").text, "refused once more: somebody is told once more"
        desk.post(f"/desk/payments/{ticket}/close", data={"done": "电话办妥", "csrf": csrf})
        assert desk.post(f"/desk/payments/{ticket}/close", data={"done": "又一次", "csrf": csrf}).status_code == 404
        till.channel.behave(Behaviour())
        desk.post(f"/desk/cases/{number}/refund", data=again)
        till.work()
        assert "不能再退一次" in desk.post(f"/desk/cases/{number}/refund", data=again).text
    assert till.order(filed).state == "refunded"


def test_a_ticket_of_another_county_is_neither_shown_nor_closed(till: Till, clock: HandClock) -> None:
    filed = till.file()
    till.pay(filed, notice="wrong")
    till.work()
    add_staff(till.hub.database, clock, "bieren", "clerk", "440700000000", PASSWORD)
    with till.hub.database.reading() as session:
        ticket = session.scalars(select(PaymentTicket.id)).one()
    with signed_in(till.url, "bieren") as other:
        page = other.get("/desk/payments")
        assert "没有差异" in page.text
        reply = other.post(f"/desk/payments/{ticket}/close", data={"done": "x", "csrf": csrf_of(page)})
        assert reply.status_code == 404


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("right", ["lost_notice"]),
        ("missing", ["lost_notice", "missing_in_statement"]),
        ("amount", ["amount_differs", "lost_notice"]),
        ("unknown", ["lost_notice", "unknown_payment"]),
    ],
)
def test_a_days_books_are_compared_and_each_difference_is_one_ticket(
    till: Till, statement: str, found: list[str]
) -> None:
    first = till.file()
    till.pay(first)
    till.work()
    second = till.file(payee="lin-yuelan")
    till.pay(second, notice="never")
    till.channel.behave(Behaviour(notice="never", statement=statement))  # type: ignore[arg-type]
    for _ in range(2):
        reconcile(till.hub, till.channel, DAY)
    assert kinds(till) == found
    till.work()
    if "lost_notice" in found:
        assert till.seen(second).state == "approved"


def test_yesterday_is_reconciled_by_itself_and_the_operator_reads_both_sums(
    till: Till, clock: HandClock, store: Store, logs: LogWatch
) -> None:
    logs.expect("still missing")
    filed = till.file()
    till.pay(filed)
    till.work()
    add_staff(till.hub.database, clock, "zhishou", "operator", "0" * 12, PASSWORD)
    add_staff(till.hub.database, clock, "xiangzhen", "operator", VILLAGE, PASSWORD)
    till.channel.behave(Behaviour(statement="silent"))
    clock.turn(24 * 3600)
    till.work()
    till.channel.behave(Behaviour())
    clock.turn(3600)
    till.work()
    with till.hub.database.reading() as session:
        day = session.get_one(PaymentDay, DAY)
        assert (day.ours_fen, day.theirs_fen, day.differences) == (FEE_FEN, FEE_FEN, 0)
    with signed_in(till.url, "zhishou") as operator:
        page = operator.get("/console/payments")
        assert page.text.count("1 · 400.00") == 2
        csrf = csrf_of(page)
        run = operator.post("/console/payments/reconcile", data={"day": "2026-11-24", "csrf": csrf})
        assert "2026-11-24" in run.text
        assert operator.post("/console/payments/reconcile", data={"day": "2030-01-01", "csrf": csrf}).status_code == 422
        assert operator.post("/console/payments/reconcile", data={"day": "0001-01-01", "csrf": csrf}).status_code == 422
        ways = {"notice": "late", "query": "silent", "refund": "refused", "statement": "silent", "csrf": csrf}
        assert operator.post("/console/payments/sandbox", data=ways).is_success
        assert operator.post("/console/payments/sandbox", data=ways | {"query": "x"}).status_code == 422
        again = operator.post("/console/payments/reconcile", data={"day": "2026-11-23", "csrf": csrf})
        assert "没有回音" in again.text
    with signed_in(till.url, "xiangzhen") as local:
        assert local.get("/console/payments").status_code == 403
    till.channel.behave(Behaviour(statement="unknown"))
    asked = ["payments", "reconcile", "--database", store.url, "--state", str(store.folder), "--day", "2026-11-23"]
    said = CliRunner().invoke(hub_command, [*asked, "--json"])
    told = json.loads(said.output)
    assert (said.exit_code, told["ok"], [one["kind"] for one in told["differences"]]) == (1, False, ["unknown_payment"])
    till.channel.behave(Behaviour())
    assert "两边一致" in CliRunner().invoke(hub_command, asked).output


def test_comparing_finds_what_neither_side_would_say_of_itself() -> None:
    def line(number: str, trade: str, kind: str = "payment", fen: int = 100) -> Line:
        return Line(number, trade, fen, kind, NOON)  # type: ignore[arg-type]

    ours = [Ours("JF1", "T1", 100), Ours("JF2", "T2", 100)]
    known = {"JF1": "T1", "JF2": "T2", "JF3": None}
    lines = [line("JF1", "T1"), line("JF3", "T3"), line("JF1", "T4"), line("JF9", "T9"), line("JF2", "T2", "refund")]
    found = [(one.kind, one.number, one.trade) for one in compare(ours, known, {}, lines)]
    assert found == [
        ("lost_notice", "JF3", "T3"),
        ("paid_twice", "JF1", "T4"),
        ("unknown_payment", "", "T9"),
        ("unknown_refund", "JF2", "T2"),
        ("missing_in_statement", "JF2", "T2"),
    ]
    quiet = compare(ours, known, {"T4": 100}, [line("JF1", "T1"), line("JF2", "T2"), line("JF1", "T4")])
    assert quiet == ()


def test_an_approval_that_led_to_something_outlives_no_refund(till: Till, clerk: str) -> None:
    filed = till.file()
    till.pay(filed)
    till.work()
    number = number_of(till, filed.event_id)
    with signed_in(till.url, clerk) as desk:
        csrf = csrf_of(desk.get(f"/desk/cases/{number}"))

        def refund() -> str:
            return desk.post(f"/desk/cases/{number}/refund", data={"reason": "交错了", "csrf": csrf}).text

        with till.hub.database.writing() as session:
            session.add(DataChangeJob(case_id=1, state="done", tries=0))
        assert "请先由原单位改正记录" in refund()
        with till.hub.database.writing() as session:
            session.delete(session.get_one(DataChangeJob, 1))
            job = CertificateJob(case_id=1, kind="x", version=1, state="stuck", actor="rule", way="rule", changes={})
            job.reason, job.not_before, job.made_at = "", till.hub.clock(), till.hub.clock()
            session.add(job)
        assert (till.seen(filed).state, till.order(filed).state) == ("approved", "paid")
        assert "正在退" in refund() or "退费中" in refund()
    assert till.seen(filed).state == "withdrawn"
    with till.hub.database.reading() as session:
        kept = session.scalars(select(CertificateJob)).one()
    assert (kept.state, kept.trouble) == ("done", "revoked"), "no paper is made of it any more"


def test_a_case_whose_item_has_lost_its_fee_still_shows_its_order(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = till.file()
    till.pay(filed)
    till.work()
    monkeypatch.setattr("hub.payments.orders.fee_of", lambda *_: 0)
    with till.hub.database.reading() as session:
        seen = order_view(session, till.hub, session.get_one(Case, 1))
    assert seen is not None
    assert (seen.state, seen.amount_fen) == ("paid", FEE_FEN)
