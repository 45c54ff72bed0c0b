"""What is true at every moment, whoever was late, wrong, silent, or spoke twice; and what is true at the end."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from hub.case_views import full_view
from hub.casework.tables import CaseStep
from hub.certificates.tables import Certificate, CertificateJob
from hub.delivery.tables import Delivery, SandboxParcel
from hub.gateway.tables import DataChangeJob
from hub.notices.tables import Notice, SandboxText
from hub.payments.tables import PaymentOrder, PaymentRefund, PaymentTicket, SandboxBill
from hub.tables import Case, DecisionJob, DecisionRecord
from hub.vouchers.tables import Voucher
from offline.wire.changes import CaseView
from tests.hub.orders.ground import Filed, Ground

SETTLED = ("approved", "refused", "withdrawn")


def nothing_lost_and_nothing_twice(ground: Ground) -> None:
    """Each application is one case; money, parcels, papers and vouchers are there at most once for each."""
    with ground.hub.database.reading() as session:
        cases = session.scalars(select(Case)).all()
        assert Counter(case.event_id for case in cases) == Counter(filed.event_id for filed in ground.filed)
        for table in (PaymentOrder, Voucher, Delivery, DecisionRecord):
            each = session.scalars(select(table.case_id)).all()
            assert len(each) == len(set(each)), table
        papers = Counter(session.scalars(select(Certificate.case_id)).all())
        assert set(papers.values()) <= {1}
        parcels = Counter(key.partition("/")[0] for key in session.scalars(select(SandboxParcel.key)))
        assert set(parcels.values()) <= {1}
        tickets = [ticket for ticket in session.scalars(select(Notice.sms_ticket)) if ticket]
        assert len(tickets) == len(set(tickets)), "one text for two notices"
        assert (session.scalar(select(func.count()).select_from(SandboxText)) or 0) >= len(tickets)
        bills = {bill.number: bill for bill in session.scalars(select(SandboxBill))}
        orders = {order.number: order for order in session.scalars(select(PaymentOrder))}
        assert bills.keys() <= orders.keys(), "a bill that stands for no case"
        refunds = session.scalars(select(PaymentRefund.trade)).all()
        assert len(refunds) == len(set(refunds))
        for number, bill in bills.items():
            order = orders[number]
            assert order.trade in (None, bill.trade), "money of another bill"
            if order.state == "paid":
                assert (bill.state, order.received_fen) == ("paid", order.amount_fen)
        _decided_once(ground, session.execute(select(CaseStep.case_id, CaseStep.state_before, CaseStep.state_after)))


def _decided_once(ground: Ground, steps: object) -> None:
    ends = Counter[int]()
    for case_id, before, after in steps:  # type: ignore[attr-defined]
        assert before not in SETTLED or after == before, "a settled case moved"
        ends[case_id] += after in SETTLED and before not in SETTLED
    assert set(ends.values()) <= {0, 1}


def everybody_was_told_the_truth(ground: Ground) -> None:
    """What lies at the terminal says what is so, and a case that waits says for whom, in plain words."""
    ground.listen()
    with ground.hub.database.reading() as session:
        idle = set(session.scalars(select(DecisionJob.case_id).where(DecisionJob.state == "done")))
    for filed in ground.filed:
        case = ground.case(filed)
        told = ground.told(filed)
        if case.id not in idle:
            continue  # its rule has not had its say; the machine looks again when it has
        assert told is not None, "decided, and nobody was told"
        with ground.hub.database.reading() as session:
            now = full_view(session, ground.hub, session.get_one(Case, case.id))
        assert _said(told) == _said(now), (filed.kind, case.state, case.waits_for)
        _waits_for_somebody(ground, filed, case, now)


def _said(view: CaseView) -> dict[str, object]:
    """What of a view must not be out of date at a terminal; days and lights go by the clock alone."""
    return {
        "state": view.state,
        "outcome": view.outcome_text,
        "reasons": [reason.text for reason in view.reasons],
        "order": None if view.order is None else (view.order.state, view.order.text, view.order.receipt),
        "delivery": None if view.delivery is None else (view.delivery.state, view.delivery.text, view.delivery.waybill),
        "papers": [(paper.kind, paper.state, paper.id) for paper in view.papers if paper.kind != "voucher"],
        "needs": [need.document for need in view.needs],
    }


def _waits_for_somebody(ground: Ground, filed: Filed, case: Case, view: CaseView) -> None:
    said = view.outcome_text + "".join(reason.text for reason in view.reasons)
    texts = ground.hub.texts
    if case.state == "in_review":
        assert "工作人员" in said
    if case.state == "waiting":
        match case.waits_for:
            case "source":
                assert "暂时没有答复" in said
                assert "不用您" in said
            case "payment":
                assert view.order is not None
                assert view.order.state in ("unpaid", "checking")
            case "papers":
                assert view.needs
            case other:
                raise AssertionError(f"it waits for {other}, and nobody says so")
    if view.delivery is not None and view.delivery.state == "wanted" and case.state in SETTLED:
        assert view.delivery.text
    with ground.hub.database.reading() as session:
        job = session.scalars(select(CertificateJob).where(CertificateJob.case_id == case.id)).one_or_none()
        change = session.get(DataChangeJob, case.id)
    if job is not None and job.state != "done" and job.trouble is not None:
        assert texts(f"hub.paper.held.{job.trouble}") in said
    if filed.kind == "correct" and change is not None and change.state == "todo" and change.tries:
        assert texts("hub.data.change.todo") in said


def all_ended_right(ground: Ground) -> None:
    """Nothing waits for a party any more, and what was promised is there exactly once."""
    with ground.hub.database.reading() as session:
        jobs = session.execute(select(CertificateJob.state, CertificateJob.trouble)).all()
        assert {state for state, _ in jobs} <= {"done"}, jobs
        todo = session.scalars(select(DataChangeJob.state)).all()
        assert set(todo) <= {"done", "keeper"}
        for notice in session.scalars(select(Notice).where(Notice.told_at.is_(None))):
            later = [at for at in (notice.sms_next_at, notice.call_at) if at is not None]
            assert later, "nobody has told her, and nobody will"
        asked = session.scalars(select(PaymentRefund).where(PaymentRefund.state == "asked")).all()
        assert not asked, "money that ought to be back is not"
    for filed in ground.filed:
        view = ground.asked(filed)
        assert view.state in SETTLED, (filed.kind, view)
        _ended_right(ground, filed, view)


def _ended_right(ground: Ground, filed: Filed, view: CaseView) -> None:
    with ground.hub.database.reading() as session:
        case = session.scalars(select(Case).where(Case.event_id == filed.event_id)).one()
        order = session.scalars(select(PaymentOrder).where(PaymentOrder.case_id == case.id)).one_or_none()
        bill = None if order is None else session.get(SandboxBill, order.number)
        parcels = session.scalars(select(SandboxParcel.key).where(SandboxParcel.key.startswith(case.number))).all()
        papers = session.scalars(select(Certificate.identifier).where(Certificate.case_id == case.id)).all()
        vouchers = session.scalars(select(Voucher.id).where(Voucher.case_id == case.id)).all()
        tickets = session.scalars(select(PaymentTicket.kind)).all()
    is_approved = view.state == "approved"
    if filed.kind == "medical" and is_approved:
        assert order is not None and bill is not None  # noqa: PT018
        assert (order.state, bill.state, bill.refund) == ("paid", "paid", None)
    if bill is not None and bill.trade is not None and not is_approved:
        assert bill.refund is not None or "refund_refused" in tickets, "she paid, got nothing, and got nothing back"
    if filed.wishes.get("post"):
        assert len(parcels) == is_approved
        assert view.delivery is not None
        assert view.delivery.state == ("delivered" if is_approved else "void")
    if filed.kind == "proof":
        assert len(papers) == is_approved
        assert [paper.state for paper in view.papers] == ["ready"] * is_approved
    if filed.kind == "voucher":
        assert len(vouchers) == is_approved
