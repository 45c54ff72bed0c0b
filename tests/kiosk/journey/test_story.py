"""The story of the first resident, and what may go wrong in the middle of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Stage
from kiosk.journey.people import Level, Way
from kiosk.journey.screens import FaceStage, Paper, Reason
from kiosk.privacy import secrets_of, traces
from kiosk.viewmodels.derive_page import derive_page
from offline.wire.claims import check_digit
from tests.kiosk.journey.people import CHEN, DUES, FACTS, LIN, PENSION, WU
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS


def test_the_story_with_a_witness_takes_at_most_eight_touches() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU)
    assert visit.on(screens.Confirm).masked_name == "林*兰"
    visit.kept().printed()
    assert visit.on(screens.Done).paper is Paper.PRINTED
    visit.touch(Button.FINISH)
    visit.on(screens.TakeCard)
    visit.act(acts.CardLifted())
    assert visit.shows(screens.Attract())
    kept = visit.wanted(wanted.KeepEvent)[0]
    assert kept.proof.level is Level.CARD_WITNESSED
    assert kept.proof.witness == WU
    assert kept.touches == 4
    assert kept.touches + 1 <= 8


def test_the_story_with_a_face_takes_at_most_eight_touches() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    assert visit.wanted(wanted.StartFace)[0].photo == LIN.photo
    number = visit.session.number
    visit.act(acts.FaceProgress(number, FaceStage.TURNING, "face.prompt.turn_left", 0.5))
    assert visit.on(screens.Face).progress == 0.5
    visit.act(acts.FacePassed(number, 0.8, "model")).kept()
    kept = visit.wanted(wanted.KeepEvent)[0]
    assert (kept.proof.way, kept.proof.level, kept.proof.score) == (Way.FACE, Level.CARD_FACE, 0.8)
    assert {each.id for each in kept.consents} == {"processing", "face"}
    assert kept.touches <= 8


def test_the_camera_is_never_wanted_before_consent() -> None:
    visit = Visit().to_consent()
    assert not visit.wanted(wanted.StartFace)
    assert not visit.wanted(wanted.TakePicture)


def test_a_card_already_laid_is_not_asked_for_again() -> None:
    visit = Visit().to_consent(None).lay(LIN).touch(Button.AGREE_FACE)
    visit.on(screens.Face)


def test_without_a_card_the_card_is_asked_for_after_consent() -> None:
    visit = Visit().to_consent(None).touch(Button.AGREE_FACE)
    assert visit.on(screens.CardWanted).typing
    visit.lay(LIN)
    visit.on(screens.Face)


def test_a_typed_number_is_checked_and_needs_a_witness() -> None:
    visit = Visit().to_consent(None).touch(Button.AGREE_FACE, Button.TYPE_NUMBER)
    wrong = LIN.number[:-1] + ("0" if LIN.number[-1] != "0" else "1")
    visit.typed(wrong).touch(Button.ENTER)
    assert visit.on(screens.Typing).reason is Reason.NUMBER_WRONG
    visit.touch(Button.ERASE).typed(LIN.number[-1]).touch(Button.ENTER)
    assert not visit.on(screens.Witness).later
    visit.witnessed(WU).kept()
    assert visit.wanted(wanted.KeepEvent)[0].proof.level is Level.TYPED_WITNESSED


def test_a_typed_number_never_shows_what_belongs_to_its_owner() -> None:
    visit = Visit().to_consent(None).touch(Button.WITNESS, Button.TYPE_NUMBER).typed(LIN.number)
    visit.touch(Button.ENTER, Button.HOME)
    assert visit.on(screens.Home).mine == ()
    visit.touch(Button.LOOK_UP, Button.BY_CARD)
    visit.on(screens.CardWanted)
    assert not visit.wanted(wanted.FindDues)
    assert not visit.wanted(wanted.LookUpCard)


def test_her_own_card_as_witness_is_refused() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).act(acts.CardLifted()).lay(LIN)
    assert visit.on(screens.Witness).reason is Reason.WITNESS_IS_SELF
    assert not visit.wanted(wanted.CheckHelper)


@pytest.mark.parametrize(("listed", "reason"), [(False, Reason.WITNESS_NOT_LISTED), (None, Reason.WITNESS_NO_LIST)])
def test_a_witness_who_is_not_listed_is_told_plainly(listed: bool | None, reason: Reason) -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).act(acts.CardLifted()).lay(CHEN)
    visit.act(acts.HelperChecked(visit.session.number, CHEN.number, listed))
    assert visit.on(screens.Witness).reason is reason
    assert visit.session.candidate is None


def test_only_the_card_that_was_checked_can_witness() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).act(acts.CardLifted()).lay(WU).lay(CHEN)
    visit.act(acts.HelperChecked(visit.session.number, WU.number, listed=True))
    visit.on(screens.Witness)


@pytest.mark.parametrize("reason", [Reason.FACE_NO_MODEL, Reason.FACE_NO_DECODER])
def test_a_face_check_that_cannot_be_offers_the_other_ways_on_the_same_screen(reason: Reason) -> None:
    visit = Visit(replace(FACTS, face_ready=False, face_reason=reason)).to_consent()
    consent = visit.on(screens.Consent)
    assert (consent.face, consent.face_reason, consent.witness, consent.later) == (False, reason, True, True)
    visit.touch(Button.AGREE_FACE)
    visit.on(screens.Consent)


def test_a_decoder_that_fails_in_the_middle_leaves_the_other_ways() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    visit.act(acts.FaceFailed(visit.session.number, Reason.FACE_NO_DECODER, final=True))
    face = visit.on(screens.Face)
    assert (face.stage, face.witness, face.later) == (FaceStage.UNAVAILABLE, True, True)
    visit.touch(Button.WITNESS).witnessed(WU).kept()
    assert visit.wanted(wanted.KeepEvent)[0].proof.way is Way.WITNESS


def test_the_tries_of_the_face_check_are_counted_down_over_the_whole_item() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    for left in (2, 1, 0):
        visit.act(acts.FaceFailed(visit.session.number, Reason.FACE_NOT_LIVE))
        assert visit.on(screens.Face).tries_left == left
        visit.touch(Button.RETRY)
    assert len(visit.wanted(wanted.StartFace)) == 3


def test_going_back_and_forth_gives_no_more_tries() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    for _ in range(3):
        visit.act(acts.FaceFailed(visit.session.number, Reason.FACE_NOT_LIVE)).touch(Button.RETRY)
    visit.touch(Button.BACK, Button.AGREE_FACE)
    assert len(visit.wanted(wanted.StartFace)) == 3
    assert visit.on(screens.Face).stage is FaceStage.FAILED


def test_a_lost_camera_keeps_the_session_and_offers_the_other_ways() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE).act(acts.DeviceLost("face_camera"))
    assert visit.on(screens.Face).stage is FaceStage.UNAVAILABLE
    assert visit.session.resident == LIN
    assert visit.last == (wanted.StopFace(),)
    visit.act(acts.DeviceBack("face_camera")).touch(Button.RETRY)
    assert visit.on(screens.Face).stage is FaceStage.OPENING


def test_a_guide_says_what_the_reader_can_do_now() -> None:
    broken = replace(FACTS, reader_ready=False)
    visit = Visit(broken).touch(Button.WAKE, (Button.ITEM, PENSION.id))
    assert visit.on(screens.Guide).blocked is Reason.NO_WAY
    visit.act(acts.DeviceBack("id_card"))
    assert visit.on(screens.Guide).blocked is Reason.NONE
    visit.act(acts.DeviceLost("id_card"))
    assert visit.on(screens.Guide).blocked is Reason.NO_WAY
    # a card that was read is as good as a reader
    visit.lay(LIN)
    assert visit.on(screens.Guide).blocked is Reason.NONE


def test_a_lost_reader_is_said_while_a_card_is_wanted() -> None:
    visit = Visit().to_consent(None).touch(Button.AGREE_FACE).act(acts.DeviceLost("id_card"))
    assert visit.on(screens.CardWanted).reason is Reason.READER_LOST
    visit.act(acts.DeviceBack("id_card"))
    assert visit.on(screens.CardWanted).reason is Reason.NONE


def test_the_later_check_asks_separately_before_any_picture() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK)
    assert not visit.wanted(wanted.TakePicture)
    visit.touch(Button.AGREE_PICTURE)
    assert visit.wanted(wanted.TakePicture)
    visit.act(acts.PictureTaken(visit.session.number, "ab" * 32, "/pictures/ab")).kept()
    kept = visit.wanted(wanted.KeepEvent)[0]
    assert kept.proof.level is Level.CARD_LATER_CHECK
    assert {each.id for each in kept.consents} == {"processing", "later_picture"}
    assert not visit.wanted(wanted.DropPicture)


def test_a_picture_that_is_not_sent_is_deleted() -> None:
    for leave in (Button.BACK, Button.CANCEL, Button.HOME, Button.FINISH):
        visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
        visit.act(acts.PictureTaken(visit.session.number, "ab" * 32, "/pictures/ab")).touch(leave)
        assert visit.wanted(wanted.DropPicture) == [wanted.DropPicture("ab" * 32, "/pictures/ab")], leave


def test_a_picture_that_comes_after_leaving_is_deleted() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
    number = visit.session.number
    visit.touch(Button.FINISH).act(acts.PictureTaken(number, "ab" * 32, "/pictures/ab"))
    assert visit.wanted(wanted.DropPicture)


def test_while_an_act_is_being_kept_nothing_takes_the_session_away() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).touch(Button.CONFIRM)
    working = visit.session
    visit.touch(Button.CANCEL, Button.HOME, Button.FINISH, Button.BACK).act(acts.Idle(10_000), acts.CardLifted())
    assert visit.screen == working.screen
    visit.act(acts.Kept(visit.session.number, "event-1", "1234567894", "2026-11-23T02:00:00Z"))
    assert visit.on(screens.Done).claim_shown == "1234-567-894"


def test_what_could_not_be_kept_can_be_tried_again() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).touch(Button.CONFIRM)
    visit.act(acts.KeepFailed(visit.session.number, Reason.DISK_FULL))
    assert visit.on(screens.Sorry).reason is Reason.DISK_FULL
    visit.touch(Button.RETRY)
    assert len(visit.wanted(wanted.KeepEvent)) == 2
    visit.act(acts.KeepFailed(visit.session.number, Reason.KEEP_FAILED)).touch(Button.BACK)
    visit.on(screens.Confirm)


def test_what_may_have_been_kept_is_only_made_sure_of_and_its_picture_stays() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
    visit.act(acts.PictureTaken(visit.session.number, "ab" * 32, "/p")).touch(Button.CONFIRM)
    visit.act(acts.KeepFailed(visit.session.number, Reason.KEEP_IN_DOUBT))
    sorry = visit.on(screens.Sorry)
    assert sorry.ways == (Button.RETRY, Button.HOME)
    assert visit.touch(Button.BACK).screen == sorry
    visit.touch(Button.HOME)
    assert not visit.wanted(wanted.DropPicture)


def test_a_slip_that_did_not_come_out_can_be_asked_for_again_a_few_times() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).kept()
    for _ in range(5):
        visit.printed(Paper.NOT_PRINTED).touch(Button.PRINT_AGAIN)
    assert [each.copy for each in visit.wanted(wanted.PrintSlip)] == [1, 2, 3]


def test_an_item_that_needs_the_hub_says_so_before_the_start() -> None:
    visit = Visit().lay(LIN).touch((Button.ITEM, "online-query"), Button.BEGIN)
    assert visit.on(screens.Guide).blocked is Reason.NEEDS_HUB
    online = Visit(replace(FACTS, hub_near=True)).lay(LIN).touch((Button.ITEM, "online-query"), Button.BEGIN)
    assert isinstance(online.screen, screens.Consent)


def test_nothing_personal_remains_after_the_visit() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).kept()
    secrets = secrets_of(LIN) | secrets_of(WU) | {"1234567894", "1234-567-894"}
    assert traces(visit.session, secrets)
    visit.touch(Button.FINISH)
    assert traces(visit.session, secrets) == ()
    assert any(isinstance(each, wanted.Wipe) for each in visit.last)


def test_an_answer_to_the_last_visitor_tells_the_next_one_nothing() -> None:
    visit = Visit().lay(LIN)
    old = visit.session.number
    visit.touch(Button.FINISH).act(acts.CardLifted()).lay(CHEN).act(acts.DuesFound(old, DUES))
    assert visit.on(screens.Home).mine == ()


def test_another_card_between_two_matters_starts_a_new_visit() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).kept()
    visit.act(acts.CardLifted()).lay(CHEN)
    assert visit.session.resident == CHEN
    assert traces(visit.session, secrets_of(LIN) | secrets_of(WU)) == ()
    assert visit.wanted(wanted.Wipe)


def test_silence_warns_counts_down_and_wipes() -> None:
    visit = Visit().to_consent().act(acts.Idle(59))
    assert visit.warning() is None
    visit.act(acts.Idle(60))
    assert visit.warning() == 30
    visit.touch(Button.STILL_HERE)
    assert visit.warning() is None
    visit.on(screens.Consent)
    visit.act(acts.Idle(90))
    assert visit.session.resident is None
    visit.on(screens.Attract)


def test_a_touch_on_the_warning_reaches_nothing_below_it() -> None:
    visit = Visit().to_consent().act(acts.Idle(60)).touch(Button.WITNESS)
    visit.on(screens.Consent)


def test_the_reminder_for_the_card_ends_by_itself_where_nobody_can_see_the_card() -> None:
    visit = Visit().lay(LIN).touch(Button.FINISH).act(acts.Idle(8))
    assert visit.shows(screens.Attract(card_left=False))


def test_a_card_that_is_seen_to_lie_there_is_asked_for_until_it_is_lifted() -> None:
    visit = Visit().lay(LIN).act(acts.CardSeen()).touch(Button.FINISH).act(acts.Idle(8))
    assert visit.shows(screens.Attract(card_left=True))
    visit.act(acts.CardLifted())
    assert visit.shows(screens.Attract(card_left=False))


def test_a_case_is_looked_up_by_code_and_printed() -> None:
    visit = (
        Visit()
        .touch(Button.WAKE, Button.LOOK_UP, Button.BY_CODE)
        .typed("123456789" + check_digit("123456789"))
        .touch(Button.ENTER)
    )
    found = ClaimView("养老待遇资格认证", Stage.SETTLED, state="approved", next_due="2027-11", event_id="event-1")
    visit.act(acts.Looked(visit.session.number, (found,), Answered.HERE)).touch(Button.PRINT)
    assert visit.on(screens.LookupResult).paper is Paper.WAITING
    visit.printed()
    assert visit.on(screens.LookupResult).paper is Paper.PRINTED


def test_wrong_codes_are_bounded() -> None:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP, Button.BY_CODE).typed("0000000009")
    for _ in range(6):
        visit.touch(Button.ENTER)
    assert visit.on(screens.Lookup).reason is Reason.TOO_MANY_TRIES


def test_laying_the_card_on_the_look_up_looks_up() -> None:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP).lay(LIN)
    assert visit.wanted(wanted.LookUpCard)[0].number == LIN.number
    visit.touch(Button.BACK)
    visit.on(screens.Lookup)


def _on_guide(visit: Visit) -> Visit:
    return visit.lay(LIN).touch((Button.ITEM, "pension-qualification"))


def _on_later_check(visit: Visit) -> Visit:
    return visit.to_consent().touch(Button.LATER_CHECK)


def _on_confirm(visit: Visit) -> Visit:
    return visit.to_consent().touch(Button.WITNESS).witnessed(WU)


@pytest.mark.parametrize(
    ("begin", "forward"),
    [
        (_on_guide, Button.BEGIN),
        (_on_later_check, Button.AGREE_PICTURE),
        (_on_confirm, Button.CONFIRM),
    ],
)
def test_another_persons_card_is_said_and_nothing_goes_on_until_the_first_is_back(
    begin: Callable[[Visit], Visit], forward: Button
) -> None:
    visit = begin(Visit()).act(acts.CardLifted(), acts.CardReading()).lay(CHEN)
    page = derive_page(visit.session, visit.facts, WORDS)
    assert page.notice == WORDS("journey.card.another")
    assert [(row.button, row.usable) for row in page.actions] == [(forward, False)]
    before = visit.screen
    visit.touch(forward)
    assert visit.shows(before)
    assert not visit.wanted(wanted.KeepEvent)
    assert not visit.wanted(wanted.TakePicture)
    visit.act(acts.CardLifted()).lay(LIN)
    page = derive_page(visit.session, visit.facts, WORDS)
    assert page.notice != WORDS("journey.card.another")
    assert [(row.button, row.usable) for row in page.actions] == [(forward, True)]
    assert not visit.touch(forward).shows(before)


def test_the_witnessing_helpers_own_card_may_lie_there_at_the_end() -> None:
    visit = _on_confirm(Visit()).act(acts.CardLifted()).lay(WU)
    assert derive_page(visit.session, visit.facts, WORDS).notice == ""
    visit.kept()
    visit.on(screens.Done)


def test_another_card_that_was_laid_before_the_end_is_said_at_the_end() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE).act(acts.CardLifted()).lay(CHEN)
    visit.act(acts.FacePassed(visit.session.number, 0.8, "model")).touch(Button.CONFIRM)
    visit.on(screens.Confirm)
    assert not visit.wanted(wanted.KeepEvent)
    visit.act(acts.CardLifted()).kept()
    visit.on(screens.Done)


def test_cancel_with_another_card_there_starts_anew_as_whoever_laid_it() -> None:
    visit = _on_confirm(Visit()).act(acts.CardLifted()).lay(CHEN).touch(Button.CANCEL)
    assert traces(visit.session, secrets_of(LIN) | secrets_of(WU) | secrets_of(CHEN)) == ()
    assert not visit.on(screens.Home).known
    assert [type(each) for each in visit.last] == [wanted.Wipe, wanted.ReadCard]
    assert visit.lay(CHEN).on(screens.Home).masked_name == CHEN.masked_name


def test_a_retry_after_a_failed_keeping_is_no_way_past_another_card() -> None:
    visit = _on_confirm(Visit()).touch(Button.CONFIRM)
    visit.act(acts.KeepFailed(visit.session.number, Reason.KEEP_FAILED), acts.CardLifted()).lay(CHEN)
    visit.touch(Button.RETRY)
    visit.on(screens.Confirm)
    assert len(visit.wanted(wanted.KeepEvent)) == 1


@pytest.mark.parametrize("by", [Button.BY_CARD, Button.BY_CODE])
def test_a_second_card_during_a_look_up_drops_the_answer_and_starts_clean(by: Button) -> None:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP, by)
    if by is Button.BY_CARD:
        visit.lay(LIN)
    else:
        visit.typed("123456789" + str(check_digit("123456789"))).touch(Button.ENTER)
    visit.on(screens.Working)
    asked = visit.session.number
    assert visit.act(acts.CardLifted()).lay(CHEN).on(screens.Home).masked_name == CHEN.masked_name
    claim = ClaimView("养老待遇资格认证", Stage.SETTLED, event_id="event-0", masked_name=LIN.masked_name)
    visit.act(acts.Looked(asked, (claim,), Answered.HUB))
    assert visit.on(screens.Home).masked_name == CHEN.masked_name


def test_her_own_card_laid_again_during_a_look_up_changes_nothing() -> None:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP, Button.BY_CARD).lay(LIN)
    visit.act(acts.CardLifted()).lay(LIN).on(screens.Working)


def test_what_is_sent_names_the_name_only_where_a_card_was_read() -> None:
    typed = Visit().to_consent(None).touch(Button.WITNESS, Button.TYPE_NUMBER).typed(LIN.number).touch(Button.ENTER)
    assert WORDS(typed.witnessed(WU).on(screens.Confirm).sending[1]) == "您的身份证号码（加密送出）"
    assert "姓名" in WORDS(_on_confirm(Visit()).on(screens.Confirm).sending[1])
