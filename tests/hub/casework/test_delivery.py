"""Post and collect over real HTTP, with a courier that is well, late, wrong, silent, or says everything twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select

from hub.delivery.port import Parcel
from hub.delivery.sandbox import MANNERS, Manner, SandboxCourier
from hub.delivery.sending import DeliveryWorker
from hub.delivery.tables import SandboxParcel
from hub.hub import Hub
from hub.staff import add_staff
from offline.wire.changes import CaseView, DeliveryView
from seeds.casework import Casework
from seeds.catalogue import Catalogue
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, answer_of, apply, case_of, decide, with_item
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store

HALL = "village-centre@440981102998"


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose item can be posted or collected."""
    made = with_item(hub_over(store, clock), Casework())
    (item,) = made.catalogue.items
    made = replace(made, catalogue=Catalogue((item.model_copy(update={"delivery": ("print", "post", "collect")}),)))
    for name, role, region in (
        ("cun", "clerk", VILLAGE),
        ("lin-cun", "clerk", "440981102998"),
        ("xian", "operator", "440981000000"),
    ):
        add_staff(made.database, clock, name, role, region, PASSWORD)
    return made


@pytest.fixture
def courier(hub: Hub) -> SandboxCourier:
    """The sandbox courier."""
    return SandboxCourier(hub.database, hub.clock, hub.settings)


def told_of(view: CaseView) -> DeliveryView:
    """What the resident reads of the delivery."""
    assert view.delivery is not None
    return view.delivery


def follow(hub: Hub, courier: SandboxCourier, clock: HandClock, turns: int = 6) -> None:
    """Lets the worker ask as often as it wants over some time."""
    for _ in range(turns):
        DeliveryWorker(hub, courier).run_once()
        clock.turn(hub.settings.delivery_ask_most_s)


class WatchedCourier(SandboxCourier):
    """A courier that remembers what it was handed."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub.database, hub.clock, hub.settings)
        self.taken: list[Parcel] = []

    def book(self, parcel: Parcel) -> str:
        """Remembers the parcel."""
        self.taken.append(parcel)
        return super().book(parcel)


PICKED = {"from": "picked", "region": "440981102998", "house": "12"}
HOME = {"from": "register", "text": "广东省高州市云潭镇示例村一组1号"}


@pytest.mark.parametrize(
    ("address", "to"),
    [
        (PICKED, ("440981102998", "广东省茂名市高州市云潭镇第二示例村12号")),
        (PICKED | {"house": ""}, ("440981102998", "广东省茂名市高州市云潭镇第二示例村党群服务中心代收")),
        (PICKED | {"region": "440981102111"}, (VILLAGE, "")),
        (PICKED | {"house": "x" * 9}, (VILLAGE, "")),  # what cannot be read loses the address, not the parcel
        (HOME, (VILLAGE, "广东省高州市云潭镇示例村一组1号")),
    ],
)
def test_a_parcel_goes_where_it_was_asked_to_go_and_the_address_rests_in_the_application_only(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, address: dict[str, str], to: tuple[str, str]
) -> None:
    del url
    courier = WatchedCourier(hub)
    wish = {"way": "post", "address": address, "phone": "0668-1234567"}
    applied = apply(terminal, people["lin-yuelan"], delivery=wish)
    decide(hub)
    DeliveryWorker(hub, courier).run_once()
    (parcel,) = courier.taken
    assert (parcel.to_region, parcel.to_address, parcel.to_phone) == (*to, "0668-1234567")
    assert "0668-1234567" not in repr(parcel)
    told = told_of(answer_of(terminal, applied))
    assert told.state == "booked"
    assert "12" not in told.text


def test_what_is_approved_is_posted_and_followed_to_the_door(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, courier: SandboxCourier, clock: HandClock
) -> None:
    applied = apply(terminal, people["lin-yuelan"], delivery={"way": "post"})
    worker = DeliveryWorker(hub, courier)
    worker.run_once()
    decide(hub)
    clock.turn(hub.settings.delivery_ask_s)
    worker.run_once()
    booked = told_of(answer_of(terminal, applied))
    assert booked.state == "booked"
    assert booked.waybill
    assert "演示" in booked.text
    follow(hub, courier, clock, 2)
    assert told_of(answer_of(terminal, applied)).state == "delivered"
    claim = applied["claim"]
    assert isinstance(claim, dict)
    page = LINE.get(f"{url}/verify/{claim['code']}").text
    assert "已签收" in page
    assert booked.waybill in page


def test_nothing_is_sent_for_a_case_that_was_not_approved_and_nothing_kept_for_printing_here(
    hub: Hub, terminal: FakeTerminal, people: People, courier: SandboxCourier, clock: HandClock, browse: Browse
) -> None:
    printed = apply(terminal, people["he-guoming"], delivery={"way": "print"})
    decide(hub)
    assert answer_of(terminal, printed).delivery is None
    follow(hub, courier, clock, 2)
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SandboxParcel)) == 0


@pytest.mark.parametrize("manner", [one for one in MANNERS if one != "well"])
def test_a_courier_that_misbehaves_is_told_truly_and_the_parcel_ends_right(
    hub: Hub, terminal: FakeTerminal, people: People, courier: SandboxCourier, clock: HandClock, manner: Manner
) -> None:
    courier.behave(manner)
    applied = apply(terminal, people["lin-yuelan"], delivery={"way": "post"})
    decide(hub)
    follow(hub, courier, clock, 2)
    words = {
        "silent": ("wanted", "没有回音"),
        "wrong": ("wanted", "对不上"),
        "late": ("booked", "已收件"),
        "twice": ("booked", "已收件"),
    }
    told = told_of(answer_of(terminal, applied))
    assert (told.state, words[manner][1] in told.text) == (words[manner][0], True)
    if manner == "late":
        clock.turn(6 * DAY_S)
        follow(hub, courier, clock, 1)
        assert "比平常慢" in told_of(answer_of(terminal, applied)).text
    courier.behave("well")
    follow(hub, courier, clock, 4)
    assert told_of(answer_of(terminal, applied)).state == "delivered"
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SandboxParcel)) == 1, "one case, one parcel"


def test_an_operator_sets_the_sandboxs_manner_over_http_and_a_clerk_does_not(
    hub: Hub, url: str, browse: Browse
) -> None:
    def behave(name: str, manner: str) -> int:
        browser = browse(name)
        form = {"manner": manner, "csrf": csrf_of(browser.get("/console"))}
        return browser.post("/sandbox/courier", data=form).status_code

    add_staff(hub.database, hub.clock, "sheng", "operator", "440000000000", PASSWORD)
    assert behave("xian", "silent") == 403, "one county's operator does not make all the others' parcels wait"
    assert behave("sheng", "silent") == 200
    assert behave("sheng", "asleep") == 422
    assert behave("cun", "well") == 403
    assert LINE.post(f"{url}/sandbox/courier", data={"manner": "well"}).status_code == 401


def test_what_is_collected_waits_at_the_hall_that_was_chosen_and_is_handed_out_once(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, courier: SandboxCourier
) -> None:
    applied = apply(terminal, people["lin-yuelan"], delivery={"way": "collect", "hall": HALL})
    decide(hub)
    number = case_of(hub).number
    clerk = browse("lin-cun")
    assert clerk.get(f"/desk/cases/{number}").status_code == 404, "a hall hands out and reads nothing"
    assert number in clerk.get("/desk").text

    def do(act: str) -> httpx.Response:
        form = {"act": act, "csrf": csrf_of(clerk.get("/desk"))}
        return clerk.post(f"/desk/cases/{number}/delivery", data=form)

    assert "现在不能这样做" in do("fetched").text
    do("ready")
    assert "可以到第二示例村党群服务中心领取" in told_of(answer_of(terminal, applied)).text
    do("fetched")
    assert told_of(answer_of(terminal, applied)).state == "fetched"
    assert do("fetched").status_code == 404, "handed out: the hall has nothing to do with it any more"
    with_it = browse("cun").get(f"/desk/cases/{number}").text
    assert "已在第二示例村党群服务中心领取" in with_it


def test_a_delivery_of_a_case_that_a_clerk_refused_is_void(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse, courier: SandboxCourier, clock: HandClock
) -> None:
    applied = apply(terminal, people["lin-yuelan"], identity=BY_TYPING, delivery={"way": "post"})
    decide(hub)
    clerk, number = browse("cun"), case_of(hub).number
    form = {"outcome": "refuse", "reason": "不符合", "csrf": csrf_of(clerk.get(f"/desk/cases/{number}"))}
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
    follow(hub, courier, clock, 2)
    assert answer_of(terminal, applied).state == "refused"
    assert "没有办成，不寄了" in clerk.get(f"/desk/cases/{number}").text


def test_what_waits_to_be_collected_holds_no_parcel_up(
    hub: Hub, terminal: FakeTerminal, people: People, courier: SandboxCourier, clock: HandClock
) -> None:
    few = replace(hub, settings=replace(hub.settings, delivery_batch=1))
    apply(terminal, people["lin-yuelan"], delivery={"way": "collect", "hall": HALL})
    decide(hub)
    clock.turn(60)
    posted = apply(terminal, people["lin-yuelan"], delivery={"way": "post"})
    decide(hub)
    follow(few, courier, clock, 2)
    assert told_of(answer_of(terminal, posted)).state in ("booked", "delivered")


class SlowCourier(SandboxCourier):
    """A courier during whose answer something happens."""

    def __init__(self, hub: Hub, meanwhile: Callable[[], object]) -> None:
        super().__init__(hub.database, hub.clock, hub.settings)
        self._meanwhile = meanwhile

    def book(self, parcel: Parcel) -> str:
        """Takes the parcel, and answers late."""
        waybill = super().book(parcel)
        self._meanwhile()
        return waybill


def test_what_a_clerk_turns_to_collecting_while_the_courier_answers_can_be_handed_out(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    applied = apply(terminal, people["lin-yuelan"], delivery={"way": "post"})
    decide(hub)
    clerk, number = browse("cun"), case_of(hub).number

    def do(act: str) -> httpx.Response:
        form = {"act": act, "csrf": csrf_of(clerk.get("/desk"))}
        return clerk.post(f"/desk/cases/{number}/delivery", data=form)

    DeliveryWorker(hub, SlowCourier(hub, lambda: do("collect"))).run_once()
    told = told_of(answer_of(terminal, applied))
    assert (told.way, told.state, told.waybill) == ("collect", "wanted", None)
    for act in ("ready", "fetched"):
        do(act)
    assert told_of(answer_of(terminal, applied)).state == "fetched"
