"""Scans, photos and voice notes: nothing is opened unasked, what was taken is shown first, what is left is deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Further, NeedSeen, Stage
from kiosk.journey.drafting import draft_of
from kiosk.journey.effects import Do
from kiosk.journey.filing import Gift, Given
from kiosk.journey.item import GiftCard, ItemCard, PaperCard
from kiosk.journey.screens import GiveStage, Giving, Reason
from kiosk.services.payload import application, supplement
from tests.kiosk.journey.people import FACTS, LIN, RECORD, WU
from tests.kiosk.journey.visit import Visit

RELIEF = replace(
    RECORD,
    id="relief",
    steps=("consent", "identity", "documents", "confirm"),
    papers=(PaperCard("evidence", "账单", later_days=15),),
)
LIGHT = replace(
    RECORD,
    id="light",
    steps=("consent", "identity", "attachments", "confirm"),
    gifts=(GiftCard("picture", "photo", "照片", "有照片吗？"), GiftCard("said", "voice", "语音", "想说几句吗？")),
)
ALL = ("document_camera", "face_camera", "audio")
HERE = replace(FACTS, items=(RELIEF, LIGHT), hub_near=True, gives=ALL)
SCANNED = Given(Gift.SCAN, "evidence", "a" * 64, pages=2)
CASE = ClaimView(
    "救助",
    Stage.SENT,
    state="waiting",
    case_no="4409-1",
    further=Further(needs=(NeedSeen("evidence", "账单", "2026-12-08"),)),
)


def proven(item: ItemCard, facts: object = HERE) -> Visit:
    visit = Visit(facts).lay(LIN)  # type: ignore[arg-type]
    return visit.touch((Button.ITEM, item.id), Button.BEGIN, Button.WITNESS).witnessed(WU)


def stood(visit: Visit, stage: GiveStage, **said: object) -> Visit:
    key = visit.on(Giving).stop.key
    return visit.act(acts.GiveStood(visit.session.number, key, stage, **said))  # type: ignore[arg-type]


def scanning() -> Visit:
    """The camera is open over the bill."""
    visit = proven(RELIEF).touch((Button.CHOOSE, "scan"))
    assert not visit.wanted(wanted.Give), "nothing is opened before she has touched that it may be"
    return stood(visit.touch((Button.GIVE, "document_camera")), GiveStage.AIMING)


def scanned() -> Visit:
    visit = stood(scanning().touch(Button.TAKE), GiveStage.SHOWN, pages=1)
    visit.touch(Button.GOOD)
    return visit.act(acts.GiveSealed(visit.session.number, "scan.evidence", SCANNED))


def test_a_paper_is_laid_down_taken_shown_and_sent_under_its_digest() -> None:
    visit = scanned()
    (seen,) = visit.on(screens.Confirm).papers
    assert (seen.pages, [each.do for each in visit.wanted(wanted.Give)]) == (2, [Do.BEGIN, Do.TAKE, Do.SEAL])
    assert isinstance(visit.last[-1], wanted.StopGiving)
    visit.touch(Button.CONFIRM)
    payload = application(visit.wanted(wanted.KeepEvent)[-1], region="44", subject="s", key_of=lambda _: "key")
    assert payload["documents"] == [{"id": "evidence", "from": "scan"}]
    sent = {"kind": "scan", "id": "evidence", "sha256": "a" * 64, "key": "key", "pages": 2}
    assert payload["attachments"] == [sent]


def test_what_is_not_fit_is_told_until_a_sheet_is_seen_and_costs_nothing() -> None:
    visit = scanning().touch(Button.TAKE)
    stood(visit, GiveStage.AIMING, text="document_camera.glare.resident")
    assert stood(visit, GiveStage.AIMING).on(Giving).advice == "document_camera.glare.resident"
    assert stood(visit, GiveStage.AIMING, found=True).on(Giving).advice == ""
    stood(visit.touch(Button.TAKE), GiveStage.SHOWN, pages=1)
    assert visit.touch(Button.MORE).wanted(wanted.Give)[-1].do is Do.MORE


@pytest.mark.parametrize("way_out", [Button.HOME, Button.CANCEL])
def test_what_was_scanned_is_deleted_when_the_item_is_left(way_out: Button) -> None:
    visit = scanned().touch(way_out)
    assert visit.last[0] == wanted.DropPicture("a" * 64, "")
    assert visit.session.filing.given == ()


def test_another_way_for_the_paper_deletes_its_scan_and_a_new_scan_the_old_one() -> None:
    visit = scanned().touch((Button.EDIT, "paper.evidence"), (Button.CHOOSE, "scan"))
    assert visit.on(Giving).had
    visit.touch(Button.GOOD).on(screens.Confirm)
    visit.touch((Button.EDIT, "paper.evidence"), (Button.CHOOSE, "later"))
    assert visit.on(screens.Confirm).papers[0].pages == 0
    assert wanted.DropPicture("a" * 64, "") in visit.last


def test_what_was_sent_is_never_deleted() -> None:
    visit = scanned().kept().touch(Button.HOME)
    assert not visit.wanted(wanted.DropPicture)
    doubtful = scanned().touch(Button.CONFIRM)
    doubtful.act(acts.KeepFailed(doubtful.session.number, Reason.KEEP_IN_DOUBT)).touch(Button.HOME)
    assert not doubtful.wanted(wanted.DropPicture)


def test_a_power_cut_remembers_that_she_wants_to_scan_and_asks_for_the_paper_again() -> None:
    draft = draft_of(scanned().session)
    assert draft is not None
    assert [(name, where.value) for name, where in draft.papers] == [("evidence", "scan")]
    assert "a" * 64 not in repr(draft)


def test_without_a_document_camera_scanning_keeps_its_place_and_says_why() -> None:
    scan, later = proven(RELIEF, replace(HERE, gives=())).on(screens.Asked).offers
    assert (scan.open, scan.detail, later.open) == (False, "journey.give.scan_away", True)


def test_a_camera_that_is_lost_gives_back_the_other_ways_and_the_visit_goes_on() -> None:
    visit = proven(LIGHT).touch((Button.GIVE, "document_camera"))
    stood(visit, GiveStage.ASKED, text="journey.give.lost")
    assert visit.on(Giving).ways == ("face_camera",)
    visit.touch(Button.SKIP, Button.SKIP).on(screens.Confirm)


def test_a_photo_and_a_voice_note_may_both_be_left_out() -> None:
    visit = proven(LIGHT).touch(Button.SKIP)
    assert visit.on(Giving).stop.key == "voice.said"
    seen = visit.touch(Button.SKIP).on(screens.Confirm).gifts
    assert [each.given for each in seen] == [False, False]
    assert not visit.wanted(wanted.Give)
    visit.touch(Button.CONFIRM)
    assert "attachments" not in application(visit.wanted(wanted.KeepEvent)[-1], region="44", subject="s")


def test_a_voice_note_is_agreed_to_heard_again_and_sent() -> None:
    visit = proven(LIGHT).touch(Button.SKIP, (Button.GIVE, "audio"))
    assert visit.session.consents[-1].id == "voice"
    stood(visit, GiveStage.RECORDING, seconds=3.0, level=0.4)
    assert visit.on(Giving).level == 0.4
    stood(visit.touch(Button.STOP), GiveStage.SHOWN, seconds=4.0)
    visit.touch(Button.LISTEN, Button.AGAIN)
    assert [each.do for each in visit.wanted(wanted.Give)] == [Do.BEGIN, Do.STOP, Do.LISTEN, Do.AGAIN]
    stood(visit, GiveStage.SHOWN, seconds=5.0)
    note = Given(Gift.VOICE, "said", "b" * 64, seconds=5)
    visit.touch(Button.GOOD).act(acts.GiveSealed(visit.session.number, "voice.said", note))
    assert [each.seconds for each in visit.on(screens.Confirm).gifts] == [0, 5]


SIGNED = replace(LIGHT, id="signed", gifts=(GiftCard("consent", "signature", "签名", "请签名", required=True),))


def test_a_signature_is_drawn_by_whoever_applies_may_be_cleared_and_goes_along_sealed() -> None:
    visit = proven(SIGNED, replace(HERE, items=(SIGNED,)))
    visit.touch(Button.GOOD).on(Giving)
    visit.act(acts.Drawn(((-5, 20), (400, 999)))).touch(Button.AGAIN).act(acts.Drawn(((10, 20), (5000, 30))))
    assert visit.on(Giving).strokes == (((10, 20), (1000, 30)),)
    visit.touch(Button.GOOD)
    (sealing,) = visit.wanted(wanted.Give)
    assert sealing.strokes == (((10, 20), (1000, 30)),)
    visit.act(acts.GiveSealed(visit.session.number, "signature.consent", Given(Gift.SIGNATURE, "consent", "d" * 64)))
    visit.touch(Button.CONFIRM)
    payload = application(visit.wanted(wanted.KeepEvent)[-1], region="44", subject="s")
    assert payload["signature"] == {"way": "handwritten"}


def test_who_cannot_sign_is_vouched_for_by_the_helper_who_witnessed_and_by_nobody_else() -> None:
    visit = proven(SIGNED, replace(HERE, items=(SIGNED,)))
    assert visit.on(Giving).cannot
    visit.touch(Button.SKIP, Button.CONFIRM)
    payload = application(visit.wanted(wanted.KeepEvent)[-1], region="44", subject="s")
    assert (payload["signature"], "attachments" in payload) == ({"way": "witnessed"}, False)
    by_face = Visit(replace(HERE, items=(SIGNED,))).lay(LIN).touch((Button.ITEM, "signed"), Button.BEGIN)
    by_face.touch(Button.AGREE_FACE).act(acts.FacePassed(by_face.session.number, 0.9, "m"))
    by_face.touch(Button.SKIP).on(Giving)
    assert not by_face.on(Giving).cannot


def test_a_paper_that_a_case_waits_for_is_scanned_from_the_look_up_and_kept_at_once() -> None:
    visit = Visit(HERE).lay(LIN).touch(Button.LOOK_UP, Button.BY_CARD)
    visit.act(acts.Looked(visit.session.number, (CASE,), Answered.HUB)).touch((Button.BRING, "0.evidence"))
    stood(visit.touch((Button.GIVE, "document_camera")), GiveStage.SHOWN, pages=1)
    visit.touch(Button.GOOD).act(acts.GiveSealed(visit.session.number, "scan.evidence", SCANNED))
    (kept,) = visit.wanted(wanted.KeepSupplement)
    said = supplement(kept, lambda _: "key")
    assert said["case"] == {"number": "4409-1", "id_number": LIN.number}
    visit.act(acts.SupplementKept(visit.session.number, "evidence"))
    result = visit.on(screens.LookupResult)
    assert (result.brought, result.claims[0].further.needs) == ("账单", ())
    assert not visit.wanted(wanted.DropPicture)


def test_a_paper_that_could_not_be_kept_stays_and_may_be_tried_again() -> None:
    visit = Visit(HERE).lay(LIN).touch(Button.LOOK_UP, Button.BY_CARD)
    visit.act(acts.Looked(visit.session.number, (CASE,), Answered.HUB)).touch((Button.BRING, "0.evidence"))
    stood(visit.touch((Button.GIVE, "document_camera")), GiveStage.SHOWN, pages=1)
    visit.touch(Button.GOOD).act(acts.KeepFailed(visit.session.number, Reason.DISK_FULL))
    assert (visit.on(Giving).stage, visit.on(Giving).advice) == (GiveStage.SHOWN, Reason.DISK_FULL.value)
    visit.touch(Button.GOOD, Button.BACK).on(Giving)


def test_word_of_another_question_or_a_visit_that_is_over_is_not_taken() -> None:
    visit = scanning()
    visit.act(acts.GiveStood(visit.session.number, "scan.other", GiveStage.SHOWN, pages=9))
    assert visit.on(Giving).stage is GiveStage.AIMING
    visit.act(acts.GiveSealed(visit.session.number, "scan.other", SCANNED))
    assert visit.last == (wanted.DropPicture("a" * 64, ""),)
    late = acts.GiveSealed(visit.session.number, "scan.evidence", SCANNED)
    assert visit.touch(Button.HOME, Button.FINISH).act(late).last == (wanted.DropPicture("a" * 64, ""),)
