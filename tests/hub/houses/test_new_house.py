"""交房即发证 over real HTTP: a list, one application, tax, then registration, one certificate; and the truth told."""

from __future__ import annotations

from sqlalchemy import select

from hub.certificates.tables import Certificate
from hub.hub import Hub
from hub.payments.tables import PaymentOrder
from hub.tables import Case
from offline.wire.claims import subject_of
from seeds.people import Person
from tests.hub.casework.bench import act
from tests.hub.houses.site import BY_FACE, FEE_FEN, HOUSE, Site
from tests.hub.pictured import signed_in
from tests.hub.running import LINE
from tests.hub.sealed import Claimed, fetch, page
from tests.hub.stores import both_stores


def test_the_buyer_pays_the_registrar_approves_and_the_certificate_comes_out_of_the_terminal(
    table: Site, url: str, hub: Hub
) -> None:
    table.report()
    assert [option.name for option in table.offered(level="card")] == ["交房即发证：有1套新房可以办证"]
    (home,) = table.offered(level="card_face")
    assert (home.value, home.name) == (HOUSE, "示例花园3栋502房")
    claimed = table.file(house=HOUSE)
    seen = table.seen(claimed)
    assert seen.state == "waiting"
    assert seen.order is not None
    assert seen.order.amount_fen == FEE_FEN
    assert [part.state for part in seen.parts] == ["waiting", "received"]
    assert "新房登记：先办好新房税费，这一件接着办。" in [reason.text for reason in seen.reasons]
    assert table.offered(level="card") == ()  # it is being done
    table.pay(claimed)
    seen = table.seen(claimed)
    assert (seen.state, [part.state for part in seen.parts]) == ("in_review", ["approved", "in_review"])
    assert table.decide(claimed).is_success
    table.make_papers()
    seen = table.seen(claimed)
    assert (seen.state, [paper.state for paper in seen.papers]) == ("approved", ["ready"])
    assert fetch(table.terminal, seen.papers[0]).startswith(b"%PDF")
    with hub.database.reading() as session:
        (made,) = session.scalars(select(Certificate))
    assert made.subject == subject_of(hub.keys.subject_index, table.buyer.id_number)
    assert page(url, made.identifier).is_success
    assert table.entries() == [("done", True)]
    shown = LINE.get(f"{url}/verify/{claimed.code}").text
    assert "新房税费" in shown
    assert table.buyer.name not in shown


def test_unnamed_the_only_home_is_meant_and_a_second_application_is_told_that_it_is_being_done(table: Site) -> None:
    table.report()
    first, second = table.file(), table.file()
    assert table.seen(first).state == "waiting"
    seen = table.seen(second)
    assert (seen.state, seen.order) == ("in_review", None)
    assert any("这套房子已经有一件正在办" in reason.text for reason in seen.reasons)


def test_whose_home_is_not_on_the_list_waits_and_hears_it_and_goes_on_when_the_list_comes(table: Site) -> None:
    claimed = table.file()
    seen = table.seen(claimed)
    assert (seen.state, seen.order) == ("waiting", None)
    assert any("里现在还没有您的房子" in reason.text and "不用您再来" in reason.text for reason in seen.reasons)
    table.report()
    assert table.seen(claimed).order is not None


def test_a_list_that_does_not_come_for_a_day_brings_the_case_to_a_person_and_coming_late_it_goes_on(
    table: Site,
) -> None:
    claimed = table.file()
    for _ in range(4):
        table.clock.turn(table.hub.settings.source_wait_hours * 3_600 / 2)
        table.work()
    seen = table.seen(claimed)
    assert (seen.state, seen.order) == ("in_review", None)
    assert any("没有查到您要办的这套房子" in reason.text for reason in seen.reasons)
    assert table.decide(claimed, item="tax").status_code == 409
    table.report()
    assert table.seen(claimed).order is not None


@both_stores
def test_sold_twice_nobody_pays_a_person_looks_and_put_right_it_goes_on_by_itself(table: Site) -> None:
    other = table.people["lin-jianguo"]
    table.report()
    number = table.report(table.line(other))
    heard = table.heard(number)
    assert heard is not None
    assert heard[0][0] == 1
    assert "报过另一位买方" in heard[0][1]
    assert table.buyer.id_number not in heard[0][1]
    assert table.offered(level="card_face") == ()
    claimed = table.file()
    seen = table.seen(claimed)
    assert (seen.state, seen.order) == ("in_review", None)
    assert any("不止一位买方，先不收您的钱" in reason.text for reason in seen.reasons)
    reply = table.decide(claimed, item="tax")
    assert reply.status_code == 409
    assert "请先请开发企业更正名单" in reply.text
    table.report(table.line(other, word="taken_back"))
    assert table.seen(claimed).order is not None


def test_sold_twice_after_the_money_no_registrar_approves_it(table: Site) -> None:
    other = table.people["lin-jianguo"]
    table.report()
    claimed = table.file()
    table.pay(claimed)
    table.report(table.line(other))
    assert table.decide(claimed).status_code == 409
    table.report(table.line(other, word="taken_back"))
    assert table.decide(claimed).is_success
    assert table.seen(claimed).papers[0].state == "making"


def test_refused_by_the_registrar_the_tax_goes_back_and_the_home_is_free_again(table: Site, hub: Hub) -> None:
    table.report()
    claimed = table.file()
    table.pay(claimed)
    assert table.decide(claimed, "refuse").is_success
    table.till.work()
    assert table.seen(claimed).state == "refused"
    with hub.database.reading() as session:
        assert session.scalars(select(PaymentOrder.state)).one() == "refunded"
    assert table.entries() == [("ready", False)]


def test_taken_back_before_it_is_paid_both_parts_end_and_the_home_is_free_again(table: Site, hub: Hub) -> None:
    table.report()
    claimed = table.file()
    table.withdraw(claimed)
    assert [part.state for part in table.seen(claimed).parts] == ["withdrawn", "withdrawn"]
    with hub.database.reading() as session:
        assert session.scalars(select(PaymentOrder.state)).one() == "cancelled"
    assert table.entries() == [("ready", False)]
    assert table.seen(table.file()).order is not None


def test_what_was_certified_is_not_done_again_and_nobody_else_gets_it(table: Site) -> None:
    table.report()
    claimed = table.file()
    table.pay(claimed)
    table.decide(claimed)
    seen = table.seen(table.file())
    assert seen.state == "refused"
    assert any("已经发给您了" in reason.text for reason in seen.reasons)
    heard = table.heard(table.report(table.line(table.people["lin-jianguo"]), table.line(word="taken_back")))
    assert heard is not None
    assert ["已经给另一位买方发了证" in heard[0][1], "收回不了" in heard[1][1]] == [True, True]
    assert table.entries() == [("done", True)]


def test_who_is_looked_at_for_another_reason_pays_and_both_parts_are_a_persons_to_decide(table: Site) -> None:
    table.report()
    helper = table.people["lin-jianguo"]  # is on no list of helpers
    witness = {
        "level": "card_witnessed",
        "way": "witness",
        "witness": {"name": helper.name, "id_number": helper.id_number},
    }
    claimed = table.file(identity=witness)
    assert table.seen(claimed).order is not None
    table.pay(claimed)
    assert table.part(claimed, "tax").state == "in_review"
    assert table.decide(claimed, item="tax").is_success
    assert table.decide(claimed).is_success
    assert table.seen(claimed).state == "approved"


def test_a_second_application_goes_on_by_itself_when_the_first_is_taken_back(table: Site) -> None:
    table.report()
    first, second = table.file(), table.file()
    table.clock.turn(60)
    table.withdraw(first)
    table.round()
    assert table.seen(second).order is not None


def _sold_twice(table: Site) -> tuple[Person, Claimed, str]:
    """A list with two buyers of the home: the other, what the first filed, and the number of its tax."""
    other = table.people["lin-jianguo"]
    table.report(table.line(), table.line(other))
    claimed = table.file()
    return other, claimed, table.part(claimed, "tax").number


def test_asked_for_a_paper_meanwhile_it_still_goes_on_when_the_list_is_put_right(table: Site, url: str) -> None:
    other, claimed, number = _sold_twice(table)
    with signed_in(url, "dengji") as clerk:
        act(clerk, number, "ask_papers", "购房合同", "看看是谁买的")
        act(clerk, number, "bring_paper", "asked-1")
    assert table.part(claimed, "tax").state == "in_review"
    table.report(table.line(other, word="taken_back"))
    assert table.seen(claimed).order is not None


def test_put_right_while_a_paper_is_waited_for_the_clerks_yes_has_it_go_on(table: Site, url: str) -> None:
    other, claimed, number = _sold_twice(table)
    with signed_in(url, "dengji") as clerk:
        act(clerk, number, "ask_papers", "购房合同", "看看是谁买的")
        table.report(table.line(other, word="taken_back"))
        table.clock.turn(60)
        act(clerk, number, "bring_paper", "asked-1")
    assert table.decide(claimed, item="tax").is_success
    assert table.seen(claimed).order is not None


def test_the_registration_alone_is_not_taken_past_the_tax(table: Site) -> None:
    table.report()
    payload = table.terminal.application(table.buyer, item="new-house-registration", identity=BY_FACE)
    event = table.terminal.event(payload, "cn.zhizhu.new_house_registration.applied.v1")
    table.terminal.send(event)
    table.work()
    with table.hub.database.reading() as session:
        case = session.scalars(select(Case).where(Case.event_id == event.id)).one()
    assert case.state == "refused"
    assert "交房即发证" in str(case.reasons)
    assert table.entries() == [("ready", False)]


def test_doubted_before_its_rule_the_clerks_yes_lets_the_rule_ask_for_the_tax(table: Site) -> None:
    table.report()
    claimed = table.file(identity=BY_FACE | {"session": ""})
    seen = table.seen(claimed)
    assert (seen.state, seen.order) == ("in_review", None)
    assert table.decide(claimed, "vouch", item="tax").is_success
    assert table.seen(claimed).order is not None
    table.pay(claimed)
    assert table.decide(claimed, "vouch").is_success
    assert table.part(claimed, "registration").state == "in_review", "who it is was said; the registration comes now"
    assert table.decide(claimed, "vouch").status_code == 409, "pressed twice it approves nothing"
    assert table.decide(claimed).is_success
    table.make_papers()
    seen = table.seen(claimed)
    assert (seen.state, [paper.state for paper in seen.papers]) == ("approved", ["ready"])


def test_nobody_pays_while_the_home_has_two_buyers(table: Site, url: str) -> None:
    other = table.people["lin-jianguo"]
    table.report()
    claimed = table.file()
    address = f"{url}{table.till.phone(claimed)}"
    table.report(table.line(other))
    for reply in (LINE.get(address), LINE.post(address)):
        assert (reply.status_code, "请先不要缴费" in reply.text) == (409, True)
    table.report(table.line(other, word="taken_back"))
    assert LINE.get(address).status_code == 200
    table.pay(claimed)
    assert table.part(claimed, "tax").state == "approved"
