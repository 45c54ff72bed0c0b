"""How the result is to come is chosen at the terminal: here, by post, at a hall; and where to."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.filing import Known
from kiosk.journey.item import ItemCard
from kiosk.services.delivery_form import HALLS_MOST, delivery_form, halls_near
from kiosk.services.payload import application
from kiosk.slips import slip_of
from offline.wire.claims import new_code
from seeds.regions import Regions
from seeds.units import Units
from tests.kiosk.journey.people import FACTS, LIN, RECORD, WU
from tests.kiosk.journey.visit import Visit
from tests.kiosk.services.test_further_on_slips import PLACE
from tests.words import WORDS

VILLAGE = "440981102999"
UNITS = Units.load(Regions.load())
PROOF = replace(
    RECORD,
    id="proof",
    steps=("consent", "identity", "delivery", "confirm"),
    form=(),
    delivery=("print", "post", "collect"),
    delivery_form=delivery_form(UNITS, VILLAGE, WORDS),
    asks_hub=("address", "phone"),
)
HOME = "广东省高州市云潭镇示例村一组1号"


def asked(item: ItemCard = PROOF, known: Known | None = None) -> Visit:
    """A proven visit at the question how the result is to come."""
    visit = Visit(replace(FACTS, items=(item,), hub_near=True)).lay(LIN)
    visit.touch((Button.ITEM, item.id), Button.BEGIN, Button.WITNESS).witnessed(WU)
    return visit.act(acts.HubTold(visit.session.number, known))


def sent(visit: Visit) -> object:
    visit.on(screens.Confirm)
    (kept,) = visit.touch(Button.CONFIRM).wanted(wanted.KeepEvent)
    return application(kept, region=VILLAGE, subject="s")["delivery"]


def values(visit: Visit) -> list[str]:
    return [offer.value for offer in visit.on(screens.Asked).offers if offer.open]


def test_what_is_printed_here_asks_nothing_more() -> None:
    visit = asked()
    assert values(visit) == ["print", "post", "collect"]
    assert sent(visit.touch((Button.CHOOSE, "print"))) == {"way": "print"}


def test_a_hall_is_chosen_from_the_nearest_ones_and_the_slip_says_which_and_what_to_bring() -> None:
    visit = asked().touch((Button.CHOOSE, "collect"))
    assert values(visit) == [
        "village-centre@440981102999", "village-centre@440981102998", "town-centre@440981102",
        "county-centre@440981", "city-centre@4409",
    ]  # fmt: skip
    visit.touch((Button.CHOOSE, "town-centre@440981102"))
    assert sent(visit) == {"way": "collect", "hall": "town-centre@440981102"}
    visit.act(acts.Kept(visit.session.number, "e", new_code(), "2026-11-23T02:00:00Z"))
    waiting = visit.on(screens.Working).done
    assert waiting is not None
    visit.act(acts.AnswerHeard(visit.session.number, "e", None, final=True))
    (slip,) = visit.wanted(wanted.PrintSlip)
    text = str(slip_of(slip.claim, PLACE, WORDS, FACTS.now))
    assert "到云潭镇公共服务中心取，带身份证和这张凭条" in text


def test_it_is_posted_to_the_address_that_the_hub_knows_and_the_phone_need_not_be_typed() -> None:
    known = Known(values=(("address", HOME), ("phone", "13800000001")))
    visit = asked(known=known).touch((Button.CHOOSE, "post"))
    assert visit.on(screens.Asked).offers[0].detail_text == HOME
    visit.touch((Button.CHOOSE, "home"))
    to = {"from": "register", "text": HOME}
    assert sent(visit) == {"way": "post", "address": to, "phone": "13800000001"}


def test_without_the_hub_the_village_is_picked_and_the_house_number_typed_or_left_out() -> None:
    visit = asked().touch((Button.CHOOSE, "post"))
    assert values(visit) == ["other"]
    visit.touch((Button.CHOOSE, "home")).on(screens.Asked)
    visit.touch((Button.CHOOSE, "other"), (Button.CHOOSE, "440981102998"))
    visit.typed("12").touch(Button.ENTER)
    visit.typed("13800000002").touch(Button.ENTER)
    picked = {"from": "picked", "region": "440981102998", "house": "12"}
    confirm = visit.on(screens.Confirm)
    assert [each.field.name for each in confirm.filled] == [
        "delivery.to", "delivery.village", "delivery.house", "delivery.phone",
    ]  # fmt: skip
    # another way needs none of it, and sends none of it
    visit.touch((Button.EDIT, "delivery"), (Button.CHOOSE, "print"))
    assert visit.on(screens.Confirm).filled == ()
    visit.touch((Button.EDIT, "delivery"), (Button.CHOOSE, "post"))
    assert sent(visit) == {"way": "post", "address": picked, "phone": "13800000002"}


def test_an_address_that_is_told_no_more_is_asked_for_anew() -> None:
    visit = asked(known=Known(values=(("address", HOME),))).touch((Button.CHOOSE, "post"), (Button.CHOOSE, "home"))
    visit.session = replace(visit.session, filing=replace(visit.session.filing, known=Known()))
    visit.typed("13800000002").touch(Button.ENTER)
    assert visit.on(screens.Asked).stop.name == "delivery.to"


def test_the_halls_of_a_place_are_few_and_its_own_comes_first() -> None:
    for region in UNITS.regions.by_code.values():
        halls = halls_near(UNITS, region.code)
        form = delivery_form(UNITS, region.code, WORDS)
        assert 0 < len(form[0].choices) <= HALLS_MOST or region.level == "province"
        if region.level == "village":
            assert halls[0].division == region.code
