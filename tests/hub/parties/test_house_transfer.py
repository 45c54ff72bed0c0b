"""二手房转移登记 over real HTTP: two cards, one decision, the buyer's certificate; and everybody told the truth."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import select

from hub.certificates.tables import Certificate
from hub.hub import Hub
from hub.notices.tables import Notice
from hub.parties.taking import sweep_parties
from hub.tables import Case, DecisionRecord
from offline.wire.claims import subject_of
from tests.hub.parties.table import FEE_FEN, HOUSE, Table
from tests.hub.payments.till import Till
from tests.hub.pictured import csrf_of, signed_in
from tests.hub.running import LINE, FakeTerminal, HandClock
from tests.hub.sealed import Claimed, fetch, page
from tests.hub.stores import both_stores

DAY_S = 86_400


def _decide(url: str, number: str, outcome: str) -> httpx.Response:
    with signed_in(url, "dengji") as browser:
        form = {"outcome": outcome, "reason": "已核对", "csrf": csrf_of(browser.get(f"/desk/cases/{number}"))}
        return browser.post(f"/desk/cases/{number}/decision", data=form)


def _desk(url: str, number: str) -> str:
    with signed_in(url, "dengji") as browser:
        return re.sub(r"<[^>]+>", " ", browser.get(f"/desk/cases/{number}").text)


def _phone(url: str, claimed: Claimed) -> str:
    return LINE.get(f"{url}/verify/{claimed.code}").text


def _sold(table: Table, url: str, elsewhere: FakeTerminal) -> tuple[Claimed, Claimed]:
    """From the seller's touch to the registrar's yes."""
    sale = table.sell()
    word = table.say(asked=sale.event_id, terminal=elsewhere)
    till = Till(table.hub, url, elsewhere, table.people)
    till.pay(word)
    till.work()
    table.work()
    assert _decide(url, table.case(sale).number, "approve").is_success
    table.work()
    return sale, word


@both_stores
def test_both_confirm_the_buyer_pays_the_registrar_approves_and_the_certificate_is_the_buyers(
    table: Table, url: str, hub: Hub, clock: HandClock
) -> None:
    sale = table.sell()
    seen = table.seen(sale)
    assert (seen.state, [party.state for party in seen.parties]) == ("waiting", ["confirmed", "asked"])
    assert "买方（4409" in seen.reasons[0].text
    assert table.buyer.name not in seen.model_dump_json()
    elsewhere = FakeTerminal.enrolled(hub, url, clock, "441900998999")
    word = table.say(asked=sale.event_id, terminal=elsewhere)
    bought, sold = table.seen(word, elsewhere), table.seen(sale)
    assert bought.state == "approved"
    assert "您同意了二手房转移登记。现在：还没有缴费" in bought.outcome_text
    assert bought.order is not None
    assert bought.order.amount_fen == FEE_FEN
    assert bought.order.pay_url
    assert sold.order is None  # it is the buyer's to pay
    assert [party.state for party in bought.parties] == ["confirmed", "confirmed"]
    assert table.seller.name not in bought.model_dump_json()
    assert "/pay/" in _phone(url, word)
    assert "/pay/" not in _phone(url, sale)
    till = Till(hub, url, elsewhere, table.people)
    till.pay(word)
    till.work()
    table.work()
    number = table.case(sale).number
    assert table.case(sale).state == "in_review"
    desk = _desk(url, number)
    assert "各方确认" in desk
    assert "陈*水" in desk
    clock.turn(3_600)
    assert _decide(url, number, "approve").is_success
    table.work()
    bought, sold = table.seen(word, elsewhere), table.seen(sale)
    assert (bought.papers[0].state, sold.papers) == ("ready", ())
    assert fetch(elsewhere, bought.papers[0]).startswith(b"%PDF")
    assert "您同意了二手房转移登记。现在：已通过" in bought.outcome_text
    with hub.database.reading() as session:
        (made,) = session.scalars(select(Certificate))
        assert made.subject == subject_of(hub.keys.subject_index, table.buyer.id_number)
        assert len(session.scalars(select(DecisionRecord).where(DecisionRecord.case_id == made.case_id)).all()) == 1
        fetched = session.scalars(select(Notice.case_id).where(Notice.kind == "slip")).all()
    assert fetched == [table.case(word).id]  # it is the buyer who is told that it can be printed
    assert page(url, made.identifier).is_success
    with signed_in(url, "dengji") as registrar:
        sent = {"reason": "退房了", "csrf": csrf_of(registrar.get(f"/desk/cases/{number}"))}
        assert "请先撤销证照，再退钱" in registrar.post(f"/desk/cases/{number}/refund", data=sent).text


def test_sold_on_the_old_certificate_ends_with_the_new_one(table: Table, url: str, hub: Hub, clock: HandClock) -> None:
    _, word = _sold(table, url, table.terminal)
    again = table.sell(seller=table.buyer, buyer=table.people["pan-jinfeng"])
    second = table.say(who=table.people["pan-jinfeng"], asked=again.event_id)
    till = Till(hub, url, table.terminal, table.people)
    till.pay(second)
    till.work()
    table.work()
    assert _decide(url, table.case(again).number, "approve").is_success
    table.work()
    with hub.database.reading() as session:
        states = list(session.scalars(select(Certificate.state).order_by(Certificate.id)))
    assert states == ["revoked", "valid"]
    lookup = table.terminal.ask("GET", f"/v1/claims/{word.code}").json()
    assert [paper["state"] for paper in lookup["papers"]] == ["void"]


def test_what_waits_for_a_card_is_told_at_any_terminal_and_its_details_only_to_whom_is_sure(
    table: Table, url: str, hub: Hub, clock: HandClock
) -> None:
    sale = table.sell()
    elsewhere = FakeTerminal.enrolled(hub, url, clock, "441900998999")
    (card,) = table.offered(at=elsewhere)
    assert card.value == sale.event_id
    assert card.name == "二手房转移登记（卖方林*国）"
    assert HOUSE not in card.detail
    (sure,) = table.offered(level="card_face", at=elsewhere)
    assert "不动产单元号 440981000123，成交价 300,000.00元" in sure.detail
    assert table.offered(table.seller) == ()
    assert table.offered(table.people["lin-yuelan"]) == ()
    table.say(asked=sale.event_id)
    assert table.offered() == ()


def test_a_no_ends_it_with_the_reason_and_nothing_is_to_be_paid(table: Table) -> None:
    sale = table.sell()
    word = table.say("no", asked=sale.event_id)
    seen = table.seen(sale)
    assert (seen.state, seen.order) == ("refused", None)
    assert seen.reasons[0].text.startswith("买方不同意：说写的内容不对。")
    assert "这件事不办了" in table.seen(word).reasons[0].text
    late = table.say(asked=sale.event_id)
    assert "以第一次的答复为准" in table.seen(late).reasons[0].text
    assert table.case(sale).state == "refused"


def test_a_word_that_comes_before_its_application_waits_for_it_and_counts(
    table: Table, url: str, hub: Hub, clock: HandClock
) -> None:
    offline = FakeTerminal.enrolled(hub, url, clock)
    payload = offline.application(
        table.seller, item="house-transfer", identity={"level": "card_face", "way": "face"},
        form={"buyer_number": table.buyer.id_number, "house": HOUSE, "price": 30_000_000},
    )  # fmt: skip
    event = offline.event(payload, "cn.zhizhu.house_transfer.applied.v1")
    claim = payload["claim"]
    assert isinstance(claim, dict)
    word = table.say(code=str(claim["code"]))
    assert (table.seen(word).state, table.seen(word).reasons[0].code) == ("waiting", "word_early")
    offline.send(event)
    table.work()
    assert table.seen(word).state == "approved"
    assert table.answers() == ["confirmed"]


def test_a_word_whose_application_never_comes_ends_with_words(table: Table, clock: HandClock) -> None:
    word = table.say(code="1234567890")
    clock.turn((table.hub.settings.word_days + 1) * DAY_S)
    assert sweep_parties(table.hub) == 1
    seen = table.seen(word)
    assert (seen.state, seen.reasons[0].code) == ("refused", "word_unknown")


def test_silent_until_the_day_ends_it_with_words_to_both(table: Table, clock: HandClock) -> None:
    sale = table.sell()
    clock.turn(9 * DAY_S)
    assert sweep_parties(table.hub) == 1
    assert sweep_parties(table.hub) == 0
    seen = table.seen(sale)
    assert seen.state == "withdrawn"
    assert "买方到11月30日没有确认" in seen.reasons[0].text
    (told,) = table.offered()
    assert (told.left, "没有确认" in told.detail) == (0, True)
    word = table.say(asked=sale.event_id)
    assert (table.seen(word).state, table.seen(word).reasons[0].code) == ("refused", "word_too_late")


def test_who_began_may_take_it_back_until_all_have_confirmed(table: Table) -> None:
    withdrawn = "cn.zhizhu.case.withdrawn.v1"
    first, second = table.sell(), table.sell(buyer=table.people["pan-jinfeng"])
    table.terminal.send(table.terminal.event({"case": {"event_id": first.event_id}}, withdrawn))
    table.work()
    assert table.case(first).state == "withdrawn"
    assert table.seen(table.say(asked=first.event_id)).reasons[0].code == "word_too_late"
    table.say(who=table.people["pan-jinfeng"], asked=second.event_id)
    table.terminal.send(table.terminal.event({"case": {"event_id": second.event_id}}, withdrawn))
    table.work()
    assert table.case(second).state == "waiting"  # to be paid: both have signed


def test_nobody_confirms_for_another_and_learns_nothing(table: Table) -> None:
    sale = table.sell()
    for who in (table.people["lin-yuelan"], table.seller):
        word = table.say(who=who, asked=sale.event_id)
        seen = table.seen(word)
        assert (seen.state, seen.reasons[0].code, seen.parties) == ("refused", "word_stranger", ())
        assert "二手房" not in seen.model_dump_json()
    assert table.answers() == ["asked"]


@both_stores
def test_confirmed_at_two_terminals_at_once_counts_once(table: Table, url: str, hub: Hub, clock: HandClock) -> None:
    sale = table.sell()
    elsewhere = FakeTerminal.enrolled(hub, url, clock)
    one = table.say(asked=sale.event_id, decide=False)
    two = table.say("no", asked=sale.event_id, terminal=elsewhere, decide=False)
    table.work()
    codes = [table.seen(one).reasons[0].code, table.seen(two, elsewhere).reasons[0].code]
    assert codes == ["word_yes", "word_again"]
    assert table.case(sale).waits_for == "payment"


def test_no_clerk_approves_what_a_party_has_not_confirmed(table: Table, url: str) -> None:
    sale = table.sell()
    reply = _decide(url, table.case(sale).number, "approve")
    assert reply.status_code == 409
    assert "还有一方没有确认" in reply.text
    assert table.case(sale).state == "waiting"
    with signed_in(url, "dengji") as browser:
        page = browser.get(f"/desk/cases/{table.case(sale).number}").text
    assert 'value="approve" required disabled' in page, "what would be refused is not offered"
    assert "还有一方没有确认，不能办结通过" in page
    assert "电子证照" not in page, "there is none yet"


@pytest.mark.parametrize("buyer", ["lin-jianguo", None])
def test_who_names_themselves_or_nobody_is_looked_at_by_a_person(table: Table, buyer: str | None, url: str) -> None:
    number = "123" if buyer is None else table.people[buyer].id_number
    form = {"buyer_number": number, "house": HOUSE, "price": 30_000_000}
    sale = table.file(table.seller, "house-transfer", "cn.zhizhu.house_transfer.applied.v1", form)
    seen = table.seen(sale)
    assert (seen.state, seen.reasons[0].code) == ("in_review", "parties_unclear")
    assert _decide(url, table.case(sale).number, "approve").status_code == 409


def test_a_doubtful_identity_is_no_signature_until_a_clerk_has_looked(table: Table, url: str) -> None:
    sale = table.sell()
    doubtful = {
        "level": "card_witnessed",
        "way": "witness",
        "witness": {"name": "某人", "id_number": "440999195403129024"},
    }
    form = {"asked": sale.event_id, "answer": "yes"}
    word = table.file(
        table.buyer, "case-confirmation", "cn.zhizhu.case.confirmed.v1", form, identity=doubtful
    )  # fmt: skip
    assert (table.case(word).state, table.answers()) == ("in_review", ["asked"])
    with table.hub.database.reading() as session:
        number = session.scalars(select(Case.number).where(Case.event_id == word.event_id)).one()
        place = session.scalars(select(Case.handled_in).where(Case.event_id == word.event_id)).one()
    assert place.startswith("440981")
    assert _decide(url, number, "approve").is_success
    table.work()
    assert table.answers() == ["confirmed"]
