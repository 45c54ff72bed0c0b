"""A visit that the power cut short: what is written down of it, what is offered, and where it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.draft import Draft
from kiosk.journey.drafting import draft_of
from kiosk.journey.people import Way
from kiosk.journey.power import Power
from kiosk.journey.screens import Reason
from tests.kiosk.journey.people import CHEN, FACTS, LIN, PENSION, WU
from tests.kiosk.journey.visit import Visit

ITEM = (Button.ITEM, PENSION.id)


def cut_at_witness() -> Draft:
    draft = draft_of(Visit().to_consent().touch(Button.WITNESS).session)
    assert draft is not None
    return draft


def back(draft: Draft | None, visit: Visit | None = None) -> Visit:
    """The same card after the power came back, and what it opened."""
    visit = (visit or Visit()).lay(LIN)
    (asked,) = visit.wanted(wanted.FindDraft)
    return visit.act(acts.DraftFound(asked.session, draft))


def test_nothing_is_written_down_before_anything_was_begun_and_nothing_after_the_end() -> None:
    visit = Visit().lay(LIN)
    assert draft_of(visit.session) is None
    visit.touch(ITEM)
    assert draft_of(visit.session) is None
    visit.touch(Button.BEGIN, Button.WITNESS).witnessed(WU)
    assert draft_of(visit.session) is not None
    visit.touch(Button.CANCEL)
    assert draft_of(visit.session) is None


def test_a_draft_tells_nobody_who_it_is_and_proves_nothing() -> None:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU)
    draft = draft_of(visit.session)
    assert draft is not None
    assert not [each for each in (LIN.number, LIN.name, WU.number, WU.name) if each in repr(draft)]
    assert draft == Draft(PENSION.id, visit.session.started, visit.session.consents, Way.WITNESS, 3)


def test_who_typed_a_number_leaves_no_draft() -> None:
    visit = Visit().touch(Button.WAKE).touch(ITEM, Button.BEGIN, Button.WITNESS)
    visit.on(screens.CardWanted)
    visit.touch(Button.TYPE_NUMBER)
    visit.typed(CHEN.number).touch(Button.ENTER).on(screens.Witness)
    assert draft_of(visit.session) is None


def test_the_same_card_is_offered_to_go_on_and_is_where_it_was_with_one_touch() -> None:
    draft = cut_at_witness()
    visit = back(draft)
    assert visit.on(screens.Home).cut_short == PENSION
    visit.touch(Button.RESUME)
    visit.on(screens.Witness)
    assert visit.session.consents == draft.consents
    visit.witnessed(WU).touch(Button.CONFIRM)
    (keep,) = visit.wanted(wanted.KeepEvent)
    assert keep.applicant == LIN
    assert keep.consents == draft.consents


def test_a_face_check_is_done_anew_with_the_tries_that_were_left() -> None:
    visit = Visit().to_consent().touch(Button.AGREE_FACE)
    visit.act(acts.FaceFailed(visit.session.number, Reason.FACE_NOT_ALIKE))
    draft = draft_of(visit.session)
    again = back(draft).touch(Button.RESUME)
    assert again.on(screens.Face).tries_left == 2
    assert again.session.proof is None
    assert len(again.wanted(wanted.StartFace)) == 1


def test_the_consent_to_a_picture_is_asked_for_again() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
    visit.act(acts.PictureTaken(visit.session.number, "ab" * 32, "/p"))
    again = back(draft_of(visit.session)).touch(Button.RESUME)
    assert not again.on(screens.LaterCheck).agreed
    assert [each.id for each in again.session.consents] == ["processing"]


def test_words_that_have_changed_meanwhile_are_agreed_to_anew() -> None:
    visit = back(cut_at_witness())
    visit.facts = replace(FACTS, consent_version="2027-01")
    visit.touch(Button.RESUME)
    visit.on(screens.Consent)
    assert visit.session.consents == ()


def test_without_a_draft_home_is_as_always() -> None:
    visit = back(None)
    assert visit.on(screens.Home).cut_short is None
    before = visit.screen
    assert visit.touch(Button.RESUME).screen == before


def test_a_draft_of_an_item_that_is_gone_is_not_offered() -> None:
    visit = back(replace(cut_at_witness(), item="gone"))
    assert visit.on(screens.Home).cut_short is None


def test_who_looks_at_something_else_first_is_still_offered_it_and_who_begins_it_is_not() -> None:
    visit = back(cut_at_witness()).touch(ITEM, Button.BACK)
    assert visit.on(screens.Home).cut_short == PENSION
    visit.touch(ITEM, Button.BEGIN, Button.BACK, Button.CANCEL)
    assert visit.on(screens.Home).cut_short is None


def test_an_answer_that_comes_when_something_was_begun_is_too_late() -> None:
    visit = Visit().lay(LIN).touch(ITEM, Button.BEGIN)
    visit.act(acts.DraftFound(visit.session.number, cut_at_witness()))
    assert visit.session.draft is None


@pytest.mark.parametrize("stays", [True, False])
def test_only_the_power_leaves_a_draft_behind_when_a_visit_ends(stays: bool) -> None:
    visit = Visit().to_consent().touch(Button.WITNESS)
    if stays:
        visit.facts = replace(FACTS, power=Power.LOW)
        visit.act(acts.PowerChanged(Power.LOW))
        assert visit.on(screens.PowerOut).resumable
    else:
        visit.touch(Button.FINISH)
    (wipe,) = visit.wanted(wanted.Wipe)
    assert wipe.draft_stays is stays
