"""Acting for an organisation, and items for which the card is enough: what is asked, and what is sent and signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.drafting import draft_of
from kiosk.journey.filing import Known, Organisation
from kiosk.journey.people import Level, Proof, Way
from kiosk.journey.screens import Reason
from kiosk.services.payload import application
from kiosk.services.real_names import attesting, proven
from offline.wire.real_name import read_real_name
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.trouble import BadSignature
from tests.kiosk.journey.people import ALLOWANCE, FACTS, LIN, RECORD, WU
from tests.kiosk.journey.visit import Visit

CODE, EARLY = "93440981MA9999012H", "93440981MA9999012J"
COOP = Organisation(CODE, "示例村种养专业合作社", "representative")
QUERY = replace(
    ALLOWANCE,
    id="employer-record",
    steps=("consent", "identity", "whose", "confirm"),
    whose=("organisation",),
    form=(),
    papers=(),
    delivery=(),
    asks_hub=("agencies",),
)
LIGHT = replace(RECORD, id="light", identity=("card", "typed_witnessed"))


def near(known: Known | None) -> Visit:
    """The query after a helper's word; None: the hub could not be asked."""
    visit = Visit(replace(FACTS, items=(QUERY, LIGHT), hub_near=known is not None)).lay(LIN)
    visit.touch((Button.ITEM, QUERY.id), Button.BEGIN, Button.WITNESS).witnessed(WU)
    return visit if known is None else visit.act(acts.HubTold(visit.session.number, known))


def kept(visit: Visit) -> wanted.KeepEvent:
    visit.touch(Button.CONFIRM)
    return visit.wanted(wanted.KeepEvent)[-1]


def organisation_of(effect: wanted.KeepEvent) -> object:
    acting = application(effect, region="440981102999", subject="0" * 64)["acting"]
    assert isinstance(acting, dict)
    assert acting["for"] == "organisation"
    return acting["organisation"]


def test_whoever_the_hub_names_is_chosen_by_name_and_said_to_be_told() -> None:
    visit = near(Known(organisations=(COOP,)))
    offers = visit.on(screens.Asked).offers
    assert (offers[0].value, offers[0].name, offers[0].detail_text) == (
        "organisation-0",
        COOP.name,
        "93 440981 MA9999012 H",
    )
    acting = visit.touch((Button.CHOOSE, "organisation-0")).on(screens.Confirm).acting
    assert acting is not None
    assert acting.organisation == COOP
    assert organisation_of(kept(visit)) == {"uscc": CODE, "name": COOP.name, "agency": "told"}


@pytest.mark.parametrize("known", [None, Known()])
def test_a_typed_code_is_only_claimed_and_nothing_but_its_characters_can_be_typed(known: Known | None) -> None:
    visit = near(known).touch((Button.CHOOSE, "organisation"))
    visit.typed("93IOSVZ44098A1MA9999012H")
    filling = visit.on(screens.Filling)
    assert (filling.text, filling.complete) == (CODE, True)
    visit.touch(Button.ENTER).on(screens.Confirm)
    assert organisation_of(kept(visit)) == {"uscc": CODE, "name": "", "agency": "claimed"}


def test_a_typed_code_that_the_hub_had_named_counts_as_named() -> None:
    visit = near(Known(organisations=(COOP,))).touch((Button.CHOOSE, "organisation"))
    visit.typed(CODE).touch(Button.ENTER)
    assert organisation_of(kept(visit)) == {"uscc": CODE, "name": COOP.name, "agency": "told"}


def test_a_code_that_does_not_fit_its_check_is_taken_only_when_it_is_said_twice() -> None:
    visit = near(None).touch((Button.CHOOSE, "organisation"))
    visit.typed(EARLY).touch(Button.ENTER)
    assert visit.on(screens.Filling).reason is Reason.USCC_DOUBT
    visit.touch(Button.ERASE).typed("K").touch(Button.ENTER)
    assert visit.on(screens.Filling).reason is Reason.USCC_DOUBT  # another text is doubted anew
    visit.touch(Button.ERASE).typed("J").touch(Button.ENTER, Button.ENTER)
    visit.on(screens.Confirm)


def test_a_draft_goes_on_for_the_same_organisation() -> None:
    visit = near(Known(organisations=(COOP,))).touch((Button.CHOOSE, "organisation-0"))
    draft = draft_of(visit.session)
    assert draft is not None
    assert draft.acting is not None
    assert draft.acting.organisation == COOP


def test_the_signed_session_is_for_this_organisation_and_no_other() -> None:
    visit = near(Known(organisations=(COOP,))).touch((Button.CHOOSE, "organisation-0"))
    effect, key, now = kept(visit), new_signing_key(), datetime(2026, 11, 23, 4, tzinfo=UTC)
    record = attesting(key)(effect, "visit-1", now)
    said = proven(effect.applicant, effect.proof, effect.filed.acting)
    assert (said.organisation, said.agency) == (CODE, "told")
    assert read_real_name(record, said, signing_public(key)).session == "visit-1"
    for other in (replace(said, organisation=EARLY), replace(said, agency="claimed"), replace(said, organisation="")):
        with pytest.raises(BadSignature):
            read_real_name(record, other, signing_public(key))


def test_where_the_card_is_enough_nothing_more_is_asked_for() -> None:
    visit = Visit(replace(FACTS, items=(QUERY, LIGHT))).lay(LIN).touch((Button.ITEM, LIGHT.id), Button.BEGIN)
    consent = visit.on(screens.Consent)
    assert consent.card
    visit.touch(Button.AGREE_CARD).on(screens.Asked)
    assert visit.session.proof == Proof(Way.CARD, Level.CARD)
    assert not visit.wanted(wanted.StartFace)
    visit.touch((Button.CHOOSE, "1")).on(screens.Confirm)
    said = application(kept(visit), region="440981102999", subject="0" * 64)
    assert said["identity"] == {"level": "card", "way": "card"}


def test_nobody_gets_past_the_card_without_one_but_by_a_helpers_word() -> None:
    visit = Visit(replace(FACTS, items=(QUERY, LIGHT))).touch(Button.WAKE, (Button.ITEM, LIGHT.id), Button.BEGIN)
    visit.touch(Button.AGREE_CARD).on(screens.CardWanted)
    visit.touch(Button.TYPE_NUMBER).typed(LIN.number).touch(Button.ENTER).on(screens.Witness)
    visit.touch(Button.BACK).touch(Button.AGREE_CARD).on(screens.CardWanted)
    visit.lay(LIN).on(screens.Asked)
    assert visit.session.proof == Proof(Way.CARD, Level.CARD)


def test_items_that_ask_for_more_do_not_offer_the_card_alone() -> None:
    visit = Visit().to_consent()
    assert not visit.on(screens.Consent).card
    visit.touch(Button.AGREE_CARD).on(screens.Consent)
