"""What waits for somebody's own word stands first on home once their card is laid, and is asked of the hub anew."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey import effects as wanted
from kiosk.journey.acts import AskedFound, CardLifted, DuesFound
from kiosk.journey.buttons import Button
from kiosk.journey.course import Course, Kind, Stop
from kiosk.journey.filing import Filing, Known, Option
from kiosk.journey.item import CASE_CONFIRMED, AskedCase, ChoiceCard, FieldCard
from kiosk.journey.screens import Home
from tests.kiosk.journey.people import DUES, FACTS, LIN, PENSION, WU
from tests.kiosk.journey.visit import Visit

ANSWERS = (ChoiceCard("yes", "我同意"), ChoiceCard("no", "我不同意"))
CONFIRM = replace(
    PENSION,
    id="case-confirmation",
    name="办件确认",
    big=False,
    event_type=CASE_CONFIRMED,
    steps=("consent", "identity", "form", "confirm"),
    asks_hub=("confirmations",),
    announced=True,
    form=(
        FieldCard("asked", "哪一件", "choice", "哪一件？", options="confirmations", required=False),
        FieldCard("code", "取件码", "digits", "取件码？", least=10, length=10, when=(("asked", "none"),)),
        FieldCard("answer", "答复", "choice", "同意吗？", choices=ANSWERS),
    ),
)
NEAR = replace(FACTS, items=(*FACTS.items, CONFIRM), hub_near=True)
SALE = AskedCase(CONFIRM, "二手房转移登记（卖方林*国）", "请在12月7日前答复")


def stops(filing: Filing) -> list[Stop]:
    return [each for each in Course(CONFIRM, LIN, filing).stops() if each.kind is Kind.FIELD]


def test_the_hub_is_asked_once_the_card_is_laid_and_what_waits_is_on_home() -> None:
    visit = Visit(NEAR).lay(LIN)
    asking = visit.wanted(wanted.FindAsked)[-1]
    assert (asking.item, asking.number) == (CONFIRM, LIN.number)
    assert LIN.number not in repr(asking)
    visit.act(DuesFound(visit.session.number, DUES, 0), AskedFound(visit.session.number, (SALE,)))
    screen = visit.on(Home)
    assert (screen.asked, screen.mine) == ((SALE,), DUES)


def test_far_from_the_hub_or_without_such_an_item_nothing_is_asked() -> None:
    assert Visit(replace(NEAR, hub_near=False)).lay(LIN).wanted(wanted.FindAsked) == []
    assert Visit(replace(FACTS, hub_near=True)).lay(LIN).wanted(wanted.FindAsked) == []


def test_the_next_resident_sees_nothing_of_it_and_an_answer_to_the_one_before_is_a_strangers() -> None:
    visit = Visit(NEAR).lay(LIN)
    before = visit.session.number
    visit.act(AskedFound(before, (SALE,))).touch(Button.FINISH).act(CardLifted()).lay(WU)
    visit.act(AskedFound(before, (SALE,)))
    assert visit.session.number != before
    assert visit.on(Home).asked == ()


def test_what_the_hub_offered_is_chosen_and_without_it_the_others_code_is_typed() -> None:
    near = Filing(item=CONFIRM.id, known=Known(options=(("confirmations", (Option("e-1", "二手房", None, ""),)),)))
    assert [stop.name for stop in stops(near)] == ["asked", "code", "answer"]
    assert [stop.name for stop in stops(near.with_value("asked", "e-1"))] == ["asked", "answer"]
    assert [stop.name for stop in stops(Filing(item=CONFIRM.id))] == ["code", "answer"]


def test_what_is_ones_own_to_take_stands_behind_what_others_wait_for() -> None:
    home = replace(CONFIRM, id="new-house", name="交房即发证", event_type="cn.zhizhu.new_house.applied.v1")
    ready = AskedCase(home, "有1套新房可以办证")
    visit = Visit(replace(NEAR, items=(*NEAR.items, home))).lay(LIN)
    assert [asking.item for asking in visit.wanted(wanted.FindAsked)] == [CONFIRM, home]
    number = visit.session.number
    visit.act(AskedFound(number, (ready,), "new-house"), AskedFound(number, (SALE,), CONFIRM.id))
    assert visit.on(Home).asked == (SALE, ready)
    visit.act(AskedFound(number, (), CONFIRM.id))
    assert visit.on(Home).asked == (ready,)
