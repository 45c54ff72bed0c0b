"""A device that goes away: the session waits, another way is offered, and when it is back the visit goes on."""

from __future__ import annotations

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Stage
from kiosk.journey.screens import FaceStage, Paper, Reason
from tests.kiosk.journey.people import FACTS, LIN, WU
from tests.kiosk.journey.visit import Visit, with_device

READER, CAMERA, PRINTER = "id_card", "face_camera", "receipt_printer"


def lose(visit: Visit, role: str) -> Visit:
    visit.facts = with_device(visit.facts, role, there=False)
    return visit.act(acts.DeviceLost(role))


def find(visit: Visit, role: str) -> Visit:
    visit.facts = with_device(visit.facts, role, there=True)
    return visit.act(acts.DeviceBack(role))


def test_a_guide_says_that_nothing_can_be_done_while_the_reader_is_away() -> None:
    visit = Visit().touch(Button.WAKE, (Button.ITEM, "pension-qualification"))
    assert lose(visit, READER).on(screens.Guide).blocked is Reason.NO_WAY
    assert find(visit, READER).on(screens.Guide).blocked is Reason.NONE


def test_a_card_already_read_needs_no_reader_on_the_guide() -> None:
    visit = Visit().lay(LIN).touch((Button.ITEM, "pension-qualification"))
    assert lose(visit, READER).on(screens.Guide).blocked is Reason.NONE


def test_while_the_reader_is_away_no_number_is_asked_for_that_nobody_could_witness() -> None:
    visit = Visit().to_consent(None).touch(Button.AGREE_FACE)
    assert visit.on(screens.CardWanted).typing
    away = lose(visit, READER).on(screens.CardWanted)
    assert (away.reason, away.typing) == (Reason.READER_LOST, False)
    back = find(visit, READER).on(screens.CardWanted)
    assert (back.reason, back.typing) == (Reason.NONE, True)
    assert visit.lay(LIN).on(screens.Face).stage is FaceStage.OPENING


def test_without_a_reader_a_case_is_looked_up_by_its_code() -> None:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP, Button.BY_CARD)
    assert visit.touch(Button.BY_CODE).on(screens.CardWanted)
    lose(visit, READER)
    assert visit.touch(Button.BY_CODE).on(screens.Typing).purpose is screens.TypingFor.CODE


def test_a_number_half_typed_is_kept_while_the_reader_goes_and_comes() -> None:
    visit = Visit().to_consent(None).touch(Button.AGREE_FACE, Button.TYPE_NUMBER).typed("440981")
    find(lose(visit, READER), READER)
    assert visit.on(screens.Typing).text == "440981"


def test_a_witness_waits_for_the_reader() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS)
    assert lose(visit, READER).on(screens.Witness).reason is Reason.READER_LOST
    assert find(visit, READER).on(screens.Witness).reason is Reason.NONE
    assert visit.witnessed(WU).on(screens.Confirm)


def test_a_lost_camera_costs_no_try_and_the_check_goes_on_when_it_is_back() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    tries = visit.session.face_tries_left
    away = lose(visit, CAMERA).on(screens.Face)
    assert (away.stage, away.witness, away.later) == (FaceStage.UNAVAILABLE, True, False)
    back = find(visit, CAMERA).on(screens.Face)
    assert (back.stage, back.reason, back.tries_left) == (FaceStage.FAILED, Reason.FACE_CAMERA_BACK, tries)
    visit.touch(Button.RETRY)
    assert any(isinstance(each, wanted.StartFace) for each in visit.last)


@pytest.mark.parametrize("reason", [Reason.FACE_NO_CAMERA, Reason.FACE_COVERED])
def test_what_is_not_the_residents_fault_costs_no_try(reason: Reason) -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    tries = visit.session.face_tries_left
    failed = visit.act(acts.FaceFailed(visit.session.number, reason)).on(screens.Face)
    assert (failed.stage, failed.reason, failed.tries_left) == (FaceStage.FAILED, reason, tries)


def test_a_camera_that_comes_does_not_bring_a_face_check_that_was_never_possible() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    visit.act(acts.FaceFailed(visit.session.number, Reason.FACE_NO_DECODER, final=True))
    find(lose(visit, CAMERA), CAMERA)
    face = visit.on(screens.Face)
    assert (face.stage, face.reason, face.later) == (FaceStage.UNAVAILABLE, Reason.FACE_NO_DECODER, True)


def test_a_picture_that_was_taken_while_the_camera_blinked_is_not_thrown_away() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
    find(lose(visit, CAMERA), CAMERA)
    assert visit.on(screens.LaterCheck).agreed
    visit.act(acts.PictureTaken(visit.session.number, "ab" * 32, "/pictures/ab"))
    assert visit.on(screens.Confirm)
    assert not visit.wanted(wanted.DropPicture)


def test_no_picture_is_promised_by_a_camera_that_is_away() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK)
    visit.facts = with_device(visit.facts, CAMERA, there=False)
    assert visit.touch(Button.AGREE_PICTURE).on(screens.LaterCheck).reason is Reason.FACE_NO_CAMERA
    assert not visit.wanted(wanted.TakePicture)
    assert find(visit, CAMERA).touch(Button.AGREE_PICTURE).on(screens.LaterCheck).agreed


def test_a_slip_that_did_not_come_out_can_be_had_when_the_printer_is_back() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).kept()
    lose(visit, PRINTER)
    assert visit.on(screens.Done).paper is Paper.WAITING
    visit.printed(Paper.NOT_PRINTED)
    assert find(visit, PRINTER).on(screens.Done).paper_text == "journey.paper.printer_back"
    assert visit.touch(Button.PRINT_AGAIN).on(screens.Done).paper is Paper.WAITING


def test_so_can_the_slip_of_something_looked_up() -> None:
    visit = Visit(FACTS).touch(Button.WAKE, Button.LOOK_UP).lay(LIN)
    claim = ClaimView("养老待遇资格认证", Stage.SENT, event_id="event-1")
    visit.act(acts.Looked(visit.session.number, (claim,), Answered.HUB)).touch(Button.PRINT)
    visit.act(acts.PrintSettled(visit.session.number, "event-1", Paper.NOT_PRINTED, "x"))
    assert find(visit, PRINTER).on(screens.LookupResult).paper_text == "journey.paper.printer_back"


def test_a_slip_of_which_nobody_knows_is_not_called_printable_again() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).kept().printed(Paper.UNKNOWN)
    before = visit.session
    assert find(visit, PRINTER).session == before
