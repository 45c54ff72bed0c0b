"""融资需求 over real HTTP: a need, a voucher for one fact, a bank that answers or does not, totals on a page."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.referrals.port import Request
from hub.referrals.sandbox import Manner
from hub.vouchers.tables import Voucher, VoucherRead
from tests.hub.pictured import csrf_of, signed_in
from tests.hub.referrals.counter import Counter
from tests.hub.sealed import Claimed
from tests.hub.stores import both_stores

LOAN = ("loan-need", "cn.zhizhu.loan_need.applied.v1")
BANK = "demo-rural-bank"
COOP, FACTORY = "93440981MA9999012H", "91440981MA9999013T"


def need(counter: Counter, who: str = "lin-jianguo", *, firm: str = "") -> Claimed:
    said: dict[str, object] = {"bank": BANK, "amount": 3_000_000, "use": "farm"}
    acting = {"for": "organisation", "organisation": {"uscc": firm, "name": "", "agency": "claimed"}}
    return counter.file(*LOAN, said, who, acting=acting if firm else {"for": "self"})


def board(url: str, name: str = "op") -> str:
    with signed_in(url, name) as browser:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get("/console/loans").text))


@both_stores
def test_the_bank_reads_the_one_fact_by_its_voucher_and_its_offer_reaches_the_resident(
    counter: Counter, hub: Hub, url: str
) -> None:
    claimed = need(counter)
    seen = counter.seen(claimed)
    assert (seen.state, seen.reasons[0].text) == ("waiting", "已经送到示例农商银行（演示），等它答复。")
    assert seen.papers[0].state == "ready"  # the voucher, to be seen and taken back
    counter.rounds()
    seen = counter.seen(claimed)
    assert seen.state == "approved"
    assert seen.result is not None
    assert ("可以贷多少", "30,000.00元") in [(row.label, row.value) for row in seen.result.rows]
    with hub.database.reading() as session:
        reads = session.execute(select(VoucherRead.reader, VoucherRead.facts, VoucherRead.word)).all()
    assert [tuple(row) for row in reads] == [(BANK, ["months"], "read")]
    shown = board(url)
    assert "1 30,000.00 1 1 30,000.00" in shown
    assert counter.people["lin-jianguo"].name not in shown
    assert "30,000.00" not in board(url, "far")


def test_who_has_paid_for_too_short_gets_a_no_with_the_reason_and_the_voucher_ends(counter: Counter, hub: Hub) -> None:
    claimed = need(counter, "pan-jinfeng")
    counter.rounds()
    seen = counter.seen(claimed)
    assert seen.state == "refused"
    assert seen.reasons[0].text.startswith("示例农商银行（演示）答复不办：")
    with hub.database.reading() as session:
        assert session.scalars(select(Voucher.revoked_at)).one() is not None


def test_a_firm_asks_by_its_representative_and_the_bank_hears_its_code_once_the_library_has_confirmed_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = need(counter, firm=COOP)
    assert (counter.seen(claimed).state, counter.case(claimed).identity_level) == ("waiting", "legal_person")
    heard, bank = list[Request](), counter.parties[BANK]
    take = bank.take

    def listened(request: Request) -> str:
        heard.append(request)
        return take(request)

    monkeypatch.setattr(bank, "take", listened)
    counter.rounds()
    assert [request.form for request in heard] == [{"amount": 3_000_000, "use": "farm", "organisation": COOP}]
    assert counter.seen(claimed).state == "approved"


@pytest.mark.parametrize(
    ("who", "firm", "code"),
    [
        ("pan-jinfeng", COOP, "agency_ended"),
        ("wu-guifang", COOP, "agency_scope"),
        ("wu-guifang", FACTORY, "represents_the_firm"),
        ("chen-deshui", COOP, "agency_unknown"),
    ],
)
def test_whoever_does_not_represent_the_firm_is_looked_at_and_no_bank_hears_of_it(
    counter: Counter, who: str, firm: str, code: str
) -> None:
    seen = counter.seen(need(counter, who, firm=firm))
    assert (seen.state, seen.reasons[0].code) == ("in_review", code)
    assert counter.asks() == []


@pytest.mark.parametrize(
    ("manner", "word"), [("silent", "silent"), ("wrong", "doubtful"), ("late", ""), ("twice", "silent")]
)
def test_a_bank_that_is_silent_wrong_late_or_says_it_twice_ends_right(
    counter: Counter, manner: Manner, word: str
) -> None:
    counter.behave(BANK, manner)
    claimed = need(counter)
    counter.rounds(1)
    assert counter.asks()[0].trouble == word
    if manner != "twice":
        counter.rounds(2)
        assert counter.seen(claimed).state == "waiting"
    if word:
        assert counter.seen(claimed).reasons[0].code == f"outside_{word}"
    if manner != "twice":
        counter.behave(BANK, "well")
    counter.rounds(4, 4_000)
    assert counter.seen(claimed).state == "approved"
    counter.rounds(2)
    assert [row.state for row in counter.asks()] == ["done"]


def test_a_bank_that_takes_days_is_told_to_be_late(counter: Counter) -> None:
    counter.behave(BANK, "late")
    claimed = need(counter)
    counter.rounds(2)
    counter.rounds(2, counter.hub.settings.outside_late_hours * 3_600)
    assert counter.seen(claimed).reasons[0].code == "outside_late"


def test_taken_back_while_the_bank_thinks_its_answer_changes_nothing(counter: Counter) -> None:
    claimed = need(counter)
    counter.rounds(1, 1)
    terminal = counter.terminal
    terminal.send(terminal.event({"case": {"event_id": claimed.event_id}}, "cn.zhizhu.case.withdrawn.v1"))
    while counter.decider.run_once():
        pass
    counter.rounds()
    assert counter.case(claimed).state == "withdrawn"
    assert [row.state for row in counter.asks()] == ["void"]


def test_no_clerk_approves_before_the_bank_has_answered(counter: Counter, url: str) -> None:
    claimed = need(counter)
    number = counter.case(claimed).number
    with signed_in(url, "jingban") as browser:
        page = browser.get(f"/desk/cases/{number}")
        assert "示例农商银行（演示）" in page.text
        form = {"outcome": "approve", "reason": "", "csrf": csrf_of(page)}
        reply: httpx.Response = browser.post(f"/desk/cases/{number}/decision", data=form)
    assert reply.status_code == 409
    assert "等它答复" in reply.text


def test_an_operator_sets_how_a_sandbox_party_behaves(counter: Counter, url: str) -> None:
    with signed_in(url, "op") as browser:
        csrf = csrf_of(browser.get("/console/account"))
        reply = browser.post("/sandbox/parties/demo-water", data={"manner": "late", "csrf": csrf})
        unknown = browser.post("/sandbox/parties/demo-oil", data={"manner": "late", "csrf": csrf})
    assert reply.json()["sandbox"] == "演示"
    assert unknown.status_code == 404
