"""A theme at the terminal: chosen like an item, left out in parts, asked once, kept as one act."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey import screens
from kiosk.journey.buttons import Button
from kiosk.journey.claim import ClaimView, PartSeen, Stage
from kiosk.journey.draft import Draft
from kiosk.journey.drafting import draft_of, resume
from kiosk.journey.effects import DropPicture, KeepEvent, PrintSlip
from kiosk.journey.filing import Gift, Given, PaperFrom
from kiosk.journey.item import FieldCard, ItemCard, PaperCard, ThemePart
from kiosk.journey.screens import Reason
from kiosk.journey.slip_claim import heard
from kiosk.journey.theme import asked_for, joined, left_out, toggled, wanted_parts, without
from kiosk.services.payload import application
from offline.bounds import Priority
from tests.kiosk.journey.people import FACTS, LIN, RECORD, WU
from tests.kiosk.journey.visit import Visit

NUMBER = FieldCard("certificate_no", "号码", "digits", "号码是多少？", length=9, least=9)
WITH = RECORD.form[0]
PAPER = PaperCard("birth_certificate", "出生医学证明", later_days=10, replaced_by=("电子出生医学证明",))
HOUSEHOLD = replace(
    RECORD,
    id="household",
    name="上户口",
    department="公安",
    steps=("consent", "identity", "form", "documents", "confirm"),
    form=(NUMBER, WITH),
    papers=(PAPER,),
    guide=("带证明", "带身份证"),
    asks_hub=("certificates",),
    time_limit="3天",
    promised_days=3,
)
INSURANCE = replace(
    HOUSEHOLD,
    id="insurance",
    name="参加医保",
    department="医保",
    form=(NUMBER,),
    papers=(replace(PAPER, later_days=5, scan=False, replaced_by=()),),
    guide=("带证明", "交钱"),
    identity=("card_witnessed", "card_later_check"),
    fee_fen=40_000,
    needs_hub=True,
    priority=Priority.ESSENTIAL,
    steps=("consent", "identity", "form", "documents", "pay", "confirm", "rating"),
    asks_hub=("certificates", "phone"),
    time_limit="1天",
    promised_days=1,
)
BIRTH = joined(
    replace(RECORD, id="newborn", name="新生儿一件事", event_type="cn.zhizhu.newborn.applied.v1"),
    (ThemePart(HOUSEHOLD), ThemePart(INSURANCE)),
)
ALONE = without(BIRTH, ("insurance",))
OFFERED = replace(FACTS, items=(BIRTH, *FACTS.items))


def at_the_guide(item: ItemCard = BIRTH) -> Visit:
    visit = Visit(replace(OFFERED, items=(item, *FACTS.items)))
    return visit.lay(LIN).touch((Button.ITEM, item.id))


def test_everything_is_asked_once_and_is_as_strict_as_the_strictest_part() -> None:
    assert [field.name for field in BIRTH.form] == ["certificate_no", "span"]
    (paper,) = BIRTH.papers
    assert (paper.later_days, paper.scan, paper.replaced_by) == (5, False, ())
    loose = replace(HOUSEHOLD, id="loose", form=(replace(NUMBER, required=False),))
    both = joined(BIRTH, (ThemePart(loose), ThemePart(INSURANCE)))
    assert both.form[0].required, "one part needs it"
    unasked = joined(BIRTH, (ThemePart(loose), ThemePart(replace(HOUSEHOLD, id="unasked", steps=("confirm",)))))
    assert [field.name for field in unasked.form] == ["certificate_no"], "an item that asks nothing brings no field"
    assert not unasked.form[0].required
    assert BIRTH.guide == ("带证明", "带身份证", "交钱")
    assert BIRTH.identity == ("card_witnessed",)
    assert (BIRTH.fee_fen, BIRTH.time_limit, BIRTH.needs_hub) == (40_000, "3天", True)
    assert BIRTH.priority is Priority.ESSENTIAL
    assert BIRTH.steps == ("consent", "identity", "form", "documents", "pay", "confirm", "rating")
    assert (BIRTH.event_type, BIRTH.department) == ("cn.zhizhu.newborn.applied.v1", "公安、医保")


def test_a_part_that_does_not_apply_takes_its_questions_its_fee_and_its_limits_along() -> None:
    assert (ALONE.fee_fen, ALONE.needs_hub, ALONE.identity) == (0, False, HOUSEHOLD.identity)
    assert (ALONE.papers, ALONE.steps) == (HOUSEHOLD.papers, HOUSEHOLD.steps)
    assert toggled(ALONE, "insurance") == BIRTH
    assert without(RECORD, ("insurance",)) is RECORD
    assert [each.id for each in left_out(ALONE)] == ["insurance"]


def test_only_what_one_goes_on_with_is_read_and_nothing_twice() -> None:
    assert asked_for(RECORD) == (RECORD.id,)
    assert asked_for(BIRTH) == ("household", "insurance")
    assert asked_for(ALONE) == ("household",)
    same = joined(BIRTH, (ThemePart(INSURANCE), ThemePart(HOUSEHOLD)))
    assert asked_for(same) == ("insurance",)


def test_only_a_choice_that_every_part_leaves_is_offered() -> None:
    post = replace(HOUSEHOLD, steps=(*HOUSEHOLD.steps[:-1], "delivery", "confirm"), delivery=("print", "post"))
    either = replace(post, id="other", whose=("self", "family"), delivery=("post",))
    both = joined(BIRTH, (ThemePart(post), ThemePart(either)))
    assert (both.delivery, both.whose) == (("post",), ("self",))
    assert "whose" not in both.steps
    neither = joined(both, (ThemePart(post), ThemePart(replace(either, delivery=("collect",)))))
    assert "delivery" not in neither.steps


def test_the_guide_lets_parts_be_left_out_but_not_all() -> None:
    visit = at_the_guide(without(BIRTH, ("insurance",)))
    assert visit.on(screens.Guide).blocked is Reason.NONE
    visit.touch((Button.CHOOSE, "no such part"))
    assert wanted_parts(visit.on(screens.Guide).item) == (HOUSEHOLD,)
    visit.touch((Button.CHOOSE, "household"))
    assert visit.on(screens.Guide).blocked is Reason.NOTHING_WANTED
    visit.touch(Button.BEGIN).on(screens.Guide)
    visit.touch((Button.CHOOSE, "household"), Button.BEGIN).on(screens.Consent)
    assert wanted_parts(visit.touch(Button.BACK).on(screens.Guide).item) == (HOUSEHOLD,)
    visit.touch((Button.CHOOSE, "insurance"))
    assert visit.on(screens.Guide).blocked is Reason.NEEDS_HUB, "what a part needs is said as soon as it is chosen"


def test_from_the_first_touch_to_one_act_one_code_and_one_slip_that_names_every_part() -> None:
    insured = replace(INSURANCE, needs_hub=False, fee_fen=0, identity=HOUSEHOLD.identity, papers=(PAPER,))
    more = replace(insured, id="card", name="社保卡")
    theme = joined(BIRTH, (ThemePart(HOUSEHOLD), ThemePart(insured), ThemePart(more)))
    visit = at_the_guide(theme).touch((Button.CHOOSE, "insurance"), Button.BEGIN, Button.WITNESS).witnessed(WU)
    assert visit.on(screens.Filling).stop.name == "certificate_no"
    visit.typed("440123456").touch(Button.ENTER)
    visit.touch((Button.CHOOSE, "1")).on(screens.Asked)
    confirm = visit.touch((Button.CHOOSE, "later")).on(screens.Confirm)
    assert [part.name for part in wanted_parts(confirm.item)] == ["上户口", "社保卡"]
    assert [seen.where for seen in confirm.papers] == [PaperFrom.LATER]
    visit.kept()
    (kept,) = visit.wanted(KeepEvent)
    sent = application(kept, region="440981102999", subject="s")
    assert (sent["item"], sent["parts"]) == ("newborn", ["household", "card"])
    assert sent["form"] == {"certificate_no": "440123456", "span": "1"}
    (slip,) = visit.wanted(PrintSlip)
    assert [(part.name, part.state_text) for part in slip.claim.further.parts] == [("上户口", ""), ("社保卡", "")]
    done = visit.on(screens.Done)
    assert heard(done, ClaimView("新生儿一件事", Stage.SENT)).further.parts == done.further.parts
    told = replace(ClaimView("", Stage.SENT).further, parts=(PartSeen("上户口", "已通过"),))
    assert heard(done, ClaimView("", Stage.SENT, further=told)).further.parts == told.parts
    assert "parts" not in application(replace(kept, item=HOUSEHOLD), region="440981102999", subject="s")


def test_a_part_taken_in_later_inherits_words_only_and_what_was_sealed_is_deleted() -> None:
    visit = at_the_guide(BIRTH).touch((Button.CHOOSE, "insurance"), Button.BEGIN, Button.WITNESS).witnessed(WU)
    visit.typed("440123456").touch(Button.ENTER, (Button.CHOOSE, "1"), (Button.CHOOSE, "later"))
    scan = Given(Gift.SCAN, "birth_certificate", "a" * 64, pages=1)
    visit.session = replace(visit.session, filing=visit.session.filing.with_gift(scan))
    visit.touch(Button.BACK, Button.BACK, Button.BACK, Button.BACK, Button.BACK).on(screens.Guide)
    assert visit.session.filing.paper("birth_certificate") is PaperFrom.LATER
    visit.touch((Button.CHOOSE, "insurance"))
    filing = visit.session.filing
    assert (filing.value("certificate_no"), filing.papers, filing.given) == ("440123456", (), ())
    assert visit.last == (DropPicture("a" * 64, ""),)


def test_what_was_left_out_stays_so_when_the_power_comes_back() -> None:
    visit = at_the_guide(joined(BIRTH, (ThemePart(HOUSEHOLD), ThemePart(replace(HOUSEHOLD, id="card")))))
    visit.touch((Button.CHOOSE, "household"), Button.BEGIN)
    draft = draft_of(visit.session)
    assert isinstance(draft, Draft)
    assert draft.left_out == ("household",)
    again = resume(replace(Visit().lay(LIN).session, draft=draft), visit.facts).session
    assert again.item is not None
    assert [part.id for part in wanted_parts(again.item)] == ["card"]
