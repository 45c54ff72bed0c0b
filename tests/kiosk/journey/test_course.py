"""The way through an item as its data says: what is asked, what is taken, what may be changed, and what is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.claim import ClaimView, FoundRow, Stage
from kiosk.journey.course import Course, Kind, Stop
from kiosk.journey.draft import Draft
from kiosk.journey.drafting import draft_of
from kiosk.journey.filing import Acting, Filed, For, Kin, Known, Option, PaperFrom
from kiosk.journey.item import ChoiceCard, FieldCard, ItemCard, PaperCard
from kiosk.journey.screens import Doing, Reason
from kiosk.privacy import secrets_of, traces
from kiosk.services.delivery_form import delivery_form
from kiosk.services.payload import application
from seeds.regions import Regions
from seeds.units import Units
from tests.kiosk.journey.people import ALLOWANCE, FACTS, LIN, RECORD, WU, person
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS

NEAR = replace(FACTS, hub_near=True)
SON = person("林建国", "44098119791006995")
KIN = Kin(SON.number, SON.name, SON.masked_number, SON.masked_name, SON.birth)
KNOWN = Known(values=(("phone", "13800000001"),), household=(KIN,), certificates=("电子户口簿",))
PHONE = "13912345678"


def proven(item: ItemCard, visit: Visit | None = None) -> Visit:
    """A visit in which a helper has just witnessed."""
    visit = (visit or Visit()).lay(LIN)
    return visit.touch((Button.ITEM, item.id), Button.BEGIN, Button.WITNESS).witnessed(WU)


def told(known: Known | None = KNOWN) -> Visit:
    """The allowance, after the hub has answered."""
    visit = proven(ALLOWANCE, Visit(NEAR))
    assert visit.on(screens.Working).doing is Doing.ASKING
    return visit.act(acts.HubTold(visit.session.number, known))


def asks(visit: Visit) -> str:
    return visit.on(screens.Asked).stop.key


def typed(visit: Visit, text: str) -> Visit:
    return visit.typed(text).touch(Button.ENTER)


def to_confirm() -> Visit:
    visit = told().touch((Button.CHOOSE, "self"))
    typed(visit, "12.50").touch((Button.CHOOSE, "yes"))
    return typed(visit, "20260501").touch(Button.SKIP, (Button.CHOOSE, "later"), (Button.CHOOSE, "post"))


def test_an_item_that_asks_nothing_goes_from_identity_to_confirm() -> None:
    visit = Visit(NEAR).to_consent().touch(Button.WITNESS).witnessed(WU)
    assert visit.on(screens.Confirm).filled == ()
    visit.touch(Button.BACK).on(screens.Consent)


def test_a_question_is_answered_by_one_touch_and_stands_in_what_is_sent() -> None:
    visit = proven(RECORD)
    assert [offer.name for offer in visit.on(screens.Asked).offers] == ["今年", "三年"]
    visit.touch((Button.CHOOSE, "nothing of the kind")).on(screens.Asked)
    (span,) = visit.touch((Button.CHOOSE, "3")).on(screens.Confirm).filled
    assert (span.label_text, span.value, span.choice_text) == ("查几年", "3", "三年")
    visit.touch(Button.CONFIRM)
    (kept,) = visit.wanted(wanted.KeepEvent)
    assert application(kept, region="440981102999", subject="s")["form"] == {"span": "3"}


def test_what_the_hub_knows_is_not_asked_and_a_certificate_replaces_its_paper() -> None:
    visit = to_confirm()
    confirm = visit.on(screens.Confirm)
    assert {each.field.name: each.value for each in confirm.filled} == {
        "phone": "13800000001",
        "amount": 1250,
        "alone": True,
        "since": "2026-05-01",
    }
    assert [(paper.paper.id, paper.where, paper.certificate) for paper in confirm.papers] == [
        ("household_book", PaperFrom.CERTIFICATE, "电子户口簿"),
        ("bank_book", PaperFrom.LATER, ""),
    ]
    assert confirm.papers[1].bring_by == "2026-12-08"
    visit.touch(Button.CONFIRM)
    payload = application(visit.wanted(wanted.KeepEvent)[-1], region="440981102999", subject="s")
    assert payload["acting"] == {"for": "self"}
    assert payload["documents"] == [
        {"id": "household_book", "from": "certificate", "certificate": "电子户口簿"},
        {"id": "bank_book", "from": "later", "by": "2026-12-08"},
    ]
    assert payload["delivery"] == {"way": "post"}


def test_without_the_hubs_answer_everything_is_asked_here() -> None:
    visit = told(None)
    assert [offer.value for offer in visit.on(screens.Asked).offers] == ["self", "family", "other"]
    filling = visit.touch((Button.CHOOSE, "self")).on(screens.Filling)
    assert filling.of is not None
    assert filling.of.name == "phone"
    visit.touch(Button.HOME)
    away = proven(ALLOWANCE)
    assert asks(away) == "whose"
    assert not away.wanted(wanted.AskHub)


def test_for_a_member_of_the_family_both_people_are_named_and_masked_on_the_screen() -> None:
    visit = told().touch((Button.CHOOSE, "kin-0"))
    assert visit.session.filing.acting == Acting(For.FAMILY, KIN)
    assert isinstance(visit.screen, screens.Filling)
    offers = visit.touch(Button.BACK).on(screens.Asked).offers
    assert [offer.chosen for offer in offers] == [False, True, False, False]
    assert SON.name not in {offer.name for offer in offers}


def test_for_anybody_else_the_number_is_typed_and_ones_own_is_not_taken() -> None:
    visit = told().touch((Button.CHOOSE, "other"))
    assert visit.on(screens.Filling).stop.kind is Kind.KIN
    assert typed(visit, LIN.number).on(screens.Filling).reason is Reason.KIN_IS_SELF
    for _ in range(18):
        visit.touch(Button.ERASE)
    typed(visit, SON.number)
    acting = visit.session.filing.acting
    assert acting is not None
    assert acting.whose is For.OTHER
    assert acting.kin is not None
    assert (acting.kin.number, acting.kin.name) == (SON.number, "")


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("phone", "23912345678", Reason.FILL_PHONE),
        ("amount", "1000.01", Reason.FILL_NUMBER),
        ("since", "20260230", Reason.FILL_DATE),
    ],
)
def test_what_cannot_be_right_is_said_and_stays_on_the_pad(field: str, text: str, reason: Reason) -> None:
    visit = to_confirm().touch((Button.EDIT, f"field.{field}"))
    for _ in range(18):
        visit.touch(Button.ERASE)
    filling = typed(visit, text).on(screens.Filling)
    assert filling.reason is reason
    assert filling.text == text


def test_every_value_can_be_changed_from_confirm_and_going_back_changes_nothing() -> None:
    visit = to_confirm()
    before = visit.on(screens.Confirm)
    stops = [each.stop.key for each in before.filled if each.stop] + ["whose", "delivery", "paper.bank_book"]
    assert "field.phone" in stops
    for key in stops:
        assert visit.touch((Button.EDIT, key)).screen != before, key
        assert visit.touch(Button.BACK).on(screens.Confirm) == before
    changed = typed(visit.touch((Button.EDIT, "field.phone"), *[Button.ERASE] * 11), PHONE).on(screens.Confirm)
    assert changed.filled[0].value == PHONE
    assert changed.filled[1:] == before.filled[1:]


def test_an_answer_that_makes_another_question_needless_takes_it_along_and_brings_it_back() -> None:
    visit = to_confirm().touch((Button.EDIT, "field.alone"), (Button.CHOOSE, "no"))
    assert "since" not in {each.field.name for each in visit.on(screens.Confirm).filled}
    visit.touch((Button.EDIT, "field.alone"), (Button.CHOOSE, "yes"))
    assert "since" in {each.field.name for each in visit.on(screens.Confirm).filled}


def test_back_goes_one_question_back_each_time_and_at_last_to_the_ways_of_identity() -> None:
    visit, seen = to_confirm(), list[str]()
    values = visit.session.filing
    while not isinstance(visit.touch(Button.BACK).screen, screens.Consent):
        assert isinstance(visit.screen, screens.Asked | screens.Filling)
        seen.append(visit.screen.stop.key)
    assert seen == [
        "delivery", "paper.bank_book", "field.note", "field.since", "field.alone", "field.amount", "whose",
    ]  # fmt: skip
    assert visit.session.filing == values
    visit.touch(Button.WITNESS).witnessed(WU)
    assert len(visit.on(screens.Confirm).filled) == 4


def test_nobody_inherits_what_another_has_filled_in() -> None:
    assert not to_confirm().touch(Button.HOME).session.filing.values
    visit = to_confirm().touch(*[Button.BACK] * 8)
    visit.on(screens.Consent)
    # a typed number is left behind with a step back, and then another person's card may be laid
    visit.session = replace(visit.session, resident=SON)
    visit.touch(Button.WITNESS).witnessed(WU)
    assert visit.on(screens.Working).doing is Doing.ASKING
    assert visit.session.filing.owner == SON.number
    assert not visit.session.filing.values


def test_a_question_without_an_answer_ends_the_way_and_says_so() -> None:
    stuck = replace(ALLOWANCE, id="stuck", steps=("consent", "identity", "documents", "confirm"), asks_hub=())
    stuck = replace(stuck, papers=(PaperCard("original", "原件"),))
    visit = proven(stuck, Visit(replace(FACTS, items=(stuck,))))
    sorry = visit.on(screens.Sorry)
    assert (sorry.reason, sorry.ways) == (Reason.NOTHING_OFFERED, (Button.HOME,))
    visit.touch(Button.RETRY, Button.BACK).on(screens.Sorry)
    visit.touch(Button.HOME).on(screens.Home)


def test_a_draft_keeps_what_was_filled_and_goes_on_after_identity_is_shown_anew() -> None:
    draft = draft_of(to_confirm().session)
    assert isinstance(draft, Draft)
    assert "林" not in repr(draft)
    assert "1250" not in repr(draft)
    visit = Visit(NEAR).lay(LIN)
    visit.act(acts.DraftFound(visit.session.number, draft)).touch(Button.RESUME).witnessed(WU)
    visit.act(acts.HubTold(visit.session.number, KNOWN))
    assert visit.on(screens.Confirm) == to_confirm().on(screens.Confirm)


SETTLED = ClaimView("社保缴费记录", Stage.SETTLED, state="approved", result=(FoundRow("2026年", "12个月"),))


def kept_near() -> Visit:
    visit = proven(RECORD, Visit(NEAR)).touch((Button.CHOOSE, "3")).kept()
    assert visit.on(screens.Working).doing is Doing.WAITING
    assert not visit.wanted(wanted.PrintSlip)
    return visit


def test_near_the_hub_the_answer_is_waited_for_and_one_slip_tells_it() -> None:
    visit = kept_near()
    sent = ClaimView("社保缴费记录", Stage.SENT, state="received")
    visit.act(acts.AnswerHeard(visit.session.number, "event-1", sent, final=False))
    working = visit.on(screens.Working)
    assert working.done is not None
    assert working.done.stage is Stage.SENT
    visit.act(acts.AnswerHeard(visit.session.number, "event-1", SETTLED, final=True))
    done = visit.on(screens.Done)
    assert (done.stage, done.result) == (Stage.SETTLED, SETTLED.result)
    (slip,) = visit.wanted(wanted.PrintSlip)
    assert (slip.claim.stage, slip.claim.result) == (Stage.SETTLED, SETTLED.result)
    visit.act(acts.AnswerHeard(visit.session.number, "event-1", SETTLED, final=True))
    assert len(visit.wanted(wanted.PrintSlip)) == 1


def test_who_does_not_want_to_wait_gets_the_slip_of_what_is_true_now() -> None:
    visit = kept_near().touch(Button.HOME, Button.FINISH, Button.BACK)
    assert visit.on(screens.Working).doing is Doing.WAITING
    visit.act(acts.Idle(1000))
    assert visit.touch(Button.ENOUGH).on(screens.Done).stage is Stage.KEPT
    assert [slip.claim.stage for slip in visit.wanted(wanted.PrintSlip)] == [Stage.KEPT]


def test_where_the_time_is_over_the_slip_says_what_is_known() -> None:
    visit = kept_near()
    visit.act(acts.AnswerHeard(visit.session.number, "event-1", None, final=True))
    assert visit.on(screens.Done).stage is Stage.KEPT


def test_away_from_the_hub_nobody_waits() -> None:
    assert proven(RECORD).touch((Button.CHOOSE, "3")).kept().on(screens.Done).stage is Stage.KEPT


@pytest.mark.parametrize("answer", [(Button.RATE, "4"), Button.FINISH])
def test_after_the_case_five_faces_are_shown_and_may_be_left(answer: Button | tuple[Button, str]) -> None:
    visit = proven(RECORD).touch((Button.CHOOSE, "3")).kept().printed().touch(Button.FINISH)
    assert visit.on(screens.Rating).event_id == "event-1"
    visit.touch((Button.RATE, "9")).on(screens.Rating)
    visit.touch(answer).on(screens.TakeCard)
    rated = [rating.level for rating in visit.wanted(wanted.KeepRating)]
    assert rated == ([4] if isinstance(answer, tuple) else [])


def test_a_place_that_is_taken_meanwhile_is_asked_again() -> None:
    item = replace(RECORD, form=(FieldCard("day", "哪天", "choice", "哪天来？", options="days"),), asks_hub=("days",))
    days = (Option("d1", "周一", 3), Option("d2", "周二", 0))
    visit = proven(item, Visit(replace(NEAR, items=(item,))))
    visit.act(acts.HubTold(visit.session.number, Known(options=(("days", days),))))
    assert [offer.open for offer in visit.on(screens.Asked).offers] == [True, False]
    visit.touch((Button.CHOOSE, "d2")).on(screens.Asked)
    visit.touch((Button.CHOOSE, "d1")).on(screens.Confirm)
    gone = replace(visit.session.filing, known=Known(options=(("days", (Option("d1", "周一", 0), *days[1:])),)))
    assert visit.session.resident is not None
    assert Course(item, visit.session.resident, gone).open_stop() == Stop(Kind.FIELD, "day")


# --- any item that its data can describe ---

NAMES = ("alpha", "beta", "gamma", "delta")
ANSWERS = ("a", "b")
KINDS = ("choice", "yes_no", "whole", "yuan", "phone", "digits", "date")


@st.composite
def fields(draw: st.DrawFn) -> tuple[FieldCard, ...]:
    made: list[FieldCard] = []
    for name in NAMES[: draw(st.integers(0, len(NAMES)))]:
        kind = draw(st.sampled_from(KINDS))
        choosers = [each for each in made if each.kind == "choice"]
        when: tuple[tuple[str, str], ...] = ()
        if draw(st.booleans()) and choosers:
            when = ((draw(st.sampled_from(choosers)).name, draw(st.sampled_from(ANSWERS))),)
        made.append(
            FieldCard(
                name, name, kind, name,
                choices=tuple(ChoiceCard(answer, answer) for answer in ANSWERS) if kind == "choice" else (),
                prefill=("hub." + name,) if draw(st.booleans()) else (),
                editable=draw(st.integers(0, 5)) > 0,
                required=draw(st.booleans()),
                when=when,
                most=99_999,
                length=6,
            )
        )  # fmt: skip
    return tuple(made)


WHERE = delivery_form(Units.load(Regions.load()), "440981102999", WORDS)


@st.composite
def any_item(draw: st.DrawFn) -> ItemCard:
    asking = tuple(step for step in ("whose", "form", "documents", "delivery") if draw(st.booleans()))
    papers = tuple(
        PaperCard(name, name, required=draw(st.booleans()), replaced_by=("证照",) if draw(st.booleans()) else (),
                  later_days=draw(st.sampled_from([0, 5, 5, 5])))
        for name in NAMES[: draw(st.integers(0, 2))]
    )  # fmt: skip
    return replace(
        ALLOWANCE,
        steps=("consent", "identity", *asking, "confirm"),
        whose=draw(st.sampled_from([("self", "family"), ("family",), ("self", "other")])),
        form=draw(fields()),
        papers=papers,
        delivery=draw(st.sampled_from([("print",), ("print", "post")])),
        delivery_form=draw(st.sampled_from([(), WHERE])),
        asks_hub=("anything",),
    )


TEXTS: dict[str, str] = {"whole": "42", "yuan": "7.5", "phone": PHONE, "digits": "1234", "date": "20260228"}


def answer(visit: Visit, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
    """Answers the question on the screen with something that it takes."""
    screen = visit.screen
    if isinstance(screen, screens.Asked):
        offered = [offer.value for offer in screen.offers if offer.open]
        if screen.optional and (not offered or draw(st.integers(0, 3)) == 0):
            visit.touch(Button.SKIP)
            return
        visit.touch((Button.CHOOSE, offered[draw(st.integers(0, len(offered) - 1))]))
        return
    assert isinstance(screen, screens.Filling)
    if screen.optional and draw(st.integers(0, 3)) == 0:
        visit.touch(Button.SKIP)
        return
    if not screen.text:
        visit.typed(SON.number if screen.of is None else TEXTS[screen.of.kind])
    visit.touch(Button.ENTER)


def own(filing_of: Visit) -> dict[str, object]:
    return dict(filing_of.session.filing.values)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(item=any_item(), known=st.booleans(), data=st.data())
def test_any_course_reaches_confirm_or_says_why_not_and_back_and_forward_lose_nothing(
    item: ItemCard, known: bool, data: st.DataObject
) -> None:
    visit = proven(item, Visit(replace(NEAR, items=(item,))))
    told_values = tuple((name, "a") for name in NAMES[:2])
    known_now = Known(values=told_values, household=(KIN,), certificates=("证照",)) if known else None
    visit.act(acts.HubTold(visit.session.number, known_now))
    backs = data.draw(st.sets(st.integers(0, 15), max_size=5))
    for n in range(40):
        if isinstance(visit.screen, screens.Confirm | screens.Sorry):
            break
        if n in backs:
            before, filing = visit.session, own(visit)
            visit.touch(Button.BACK)
            assert own(visit) == filing
            if isinstance(visit.screen, screens.Consent):
                visit.touch(Button.WITNESS).witnessed(WU)
                if isinstance(visit.screen, screens.Working):
                    visit.act(acts.HubTold(visit.session.number, known_now))
                assert own(visit) == filing
            assert visit.session.filing.acting == before.filing.acting
            continue
        had = own(visit)
        answer(visit, data.draw)
        assert had.keys() <= own(visit).keys()
    assert isinstance(visit.screen, screens.Confirm | screens.Sorry)
    if isinstance(visit.screen, screens.Confirm):
        visit.touch(Button.CONFIRM)
        (kept,) = visit.wanted(wanted.KeepEvent)
        needed = {field.name for field in item.form if field.required and not field.when and field.editable}
        if "form" in item.steps:
            assert needed <= {name for name, _ in kept.filed.form}
        assert isinstance(kept.filed, Filed)
        visit.act(acts.Kept(visit.session.number, "event-1", "1234567894", "2026-11-23T02:00:00Z"))
        visit.touch(Button.ENOUGH, Button.FINISH)
    visit.act(acts.Idle(1000), acts.Idle(1000))
    assert visit.session.filing == Visit().session.filing
    assert traces(visit.session, secrets_of(LIN) | {SON.number, PHONE}) == ()
