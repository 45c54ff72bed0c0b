"""Every button on every screen: those that lead somewhere are written down, all others do nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.journey import acts, screens
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Further, Stage
from kiosk.journey.power import Power
from kiosk.journey.screens import Paper, Reason
from kiosk.privacy import traces
from tests.kiosk.journey.people import ALLOWANCE, FACTS, LIN, RECORD, WU
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS


def _result() -> Visit:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP).lay(LIN)
    claim = ClaimView("养老待遇资格认证", Stage.SENT, event_id="event-1", further=Further(withdraw="case"))
    return visit.act(acts.Looked(visit.session.number, (claim,), Answered.HUB))


def _proven(item: str) -> Visit:
    return Visit().lay(LIN).touch((Button.ITEM, item), Button.BEGIN, Button.WITNESS).witnessed(WU)


def _sorry() -> Visit:
    visit = Visit().to_consent().touch(Button.WITNESS).witnessed(WU).touch(Button.CONFIRM)
    return visit.act(acts.KeepFailed(visit.session.number, Reason.KEEP_FAILED))


# screen → how it is reached
def _scan() -> Visit:
    visit = Visit(
        replace(
            FACTS,
            items=(replace(ALLOWANCE, steps=("consent", "identity", "documents", "confirm")),),
            gives=("document_camera",),
        )
    )
    visit.lay(LIN).touch((Button.ITEM, ALLOWANCE.id), Button.BEGIN, Button.WITNESS).witnessed(WU)
    return visit.touch((Button.CHOOSE, "scan"))


WAYS: dict[str, Callable[[], Visit]] = {
    "Attract": Visit,
    "Home": lambda: Visit().lay(LIN),
    "Guide": lambda: Visit().lay(LIN).touch((Button.ITEM, "pension-qualification")),
    "Consent": lambda: Visit().to_consent(),
    "CardWanted": lambda: Visit().to_consent(None).touch(Button.AGREE_FACE),
    "Typing": lambda: Visit().to_consent(None).touch(Button.AGREE_FACE, Button.TYPE_NUMBER),
    "Face": lambda: Visit().to_consent().touch(Button.AGREE_FACE),
    "LaterCheck": lambda: Visit().to_consent().touch(Button.LATER_CHECK),
    "Witness": lambda: Visit().to_consent().touch(Button.WITNESS),
    "Asked": lambda: _proven(RECORD.id),
    "Filling": lambda: _proven(ALLOWANCE.id).touch((Button.CHOOSE, "self")),
    "Giving": _scan,
    "Rating": lambda: _proven(RECORD.id).touch((Button.CHOOSE, "3")).kept().printed().touch(Button.FINISH),
    "Confirm": lambda: Visit().to_consent().touch(Button.WITNESS).witnessed(WU),
    "Working": lambda: Visit().to_consent().touch(Button.WITNESS).witnessed(WU).touch(Button.CONFIRM),
    "Done": lambda: Visit().to_consent().touch(Button.WITNESS).witnessed(WU).kept().printed(Paper.NOT_PRINTED),
    "TakeCard": lambda: Visit().lay(LIN).touch(Button.FINISH),
    "PowerOut": lambda: Visit(replace(FACTS, power=Power.BATTERY)).act(acts.PowerChanged(Power.BATTERY)),
    "Lookup": lambda: Visit().touch(Button.WAKE, Button.LOOK_UP),
    "LookupResult": _result,
    "Withdrawing": lambda: _result().touch((Button.WITHDRAW, "0")),
    "Sorry": _sorry,
}

# screen → button → the screen it leads to; HOME, CANCEL and FINISH stand in EVERYWHERE
TABLE: dict[str, dict[Button, str]] = {
    "Attract": {Button.WAKE: "Home"},
    "Home": {Button.LOOK_UP: "Lookup", Button.BACK: "TakeCard"},
    "Guide": {Button.BEGIN: "Consent", Button.BACK: "Home"},
    "Consent": {
        Button.AGREE_FACE: "Face",
        Button.WITNESS: "Witness",
        Button.LATER_CHECK: "LaterCheck",
        Button.BACK: "Guide",
    },
    "CardWanted": {Button.TYPE_NUMBER: "Typing", Button.BACK: "Consent"},
    "Typing": {Button.BACK: "CardWanted"},
    "Face": {Button.WITNESS: "Witness", Button.LATER_CHECK: "LaterCheck", Button.BACK: "Consent"},
    "LaterCheck": {Button.WITNESS: "Witness", Button.BACK: "Consent"},
    "Witness": {Button.LATER_CHECK: "LaterCheck", Button.BACK: "Consent"},
    "Asked": {Button.BACK: "Consent"},
    "Filling": {Button.BACK: "Asked"},
    "Giving": {Button.BACK: "Asked"},
    "Rating": {},
    "Confirm": {Button.CONFIRM: "Working", Button.BACK: "Consent"},
    "Working": {},
    "Done": {Button.BACK: "Home"},
    "TakeCard": dict.fromkeys(set(Button) - {Button.BELL, Button.BELL_SEEN}, "Attract"),
    "PowerOut": {},
    "Lookup": {Button.BY_CARD: "CardWanted", Button.BY_CODE: "Typing", Button.BACK: "Home"},
    "LookupResult": {Button.BACK: "Lookup"},
    "Withdrawing": {Button.BACK: "LookupResult"},
    "Sorry": {Button.RETRY: "Working", Button.BACK: "Confirm"},
}
EVERYWHERE = {Button.HOME: "Home", Button.CANCEL: "Home", Button.FINISH: "TakeCard"}
WITHOUT = ("Attract", "TakeCard", "PowerOut", "Working")


def test_the_table_knows_every_screen() -> None:
    kinds = {kind.__name__ for kind in screens.Screen.__args__}
    assert set(TABLE) == set(WAYS) == kinds


@pytest.mark.parametrize("name", TABLE)
def test_every_button_leads_where_the_table_says(name: str) -> None:
    for button in Button:
        visit = WAYS[name]()
        assert type(visit.screen).__name__ == name
        led = type(visit.touch(button).screen).__name__
        leads = TABLE[name] if name in WITHOUT else EVERYWHERE | TABLE[name]
        wanted = leads.get(button, name)
        if wanted == "TakeCard" and not visit.session.card_on_reader:
            wanted = "Attract"
        assert led == wanted, (name, button)


@pytest.mark.parametrize("name", TABLE)
def test_leaving_any_screen_by_silence_leaves_nothing_behind(name: str) -> None:
    visit = WAYS[name]().act(acts.Idle(1000))
    if name == "Working":
        return
    assert isinstance(visit.screen, screens.PowerOut if name == "PowerOut" else screens.Attract)
    assert traces(visit.session, frozenset({LIN.number, LIN.name, WU.number, LIN.masked_name, LIN.photo})) == ()


def test_every_reason_has_its_sentence_in_all_languages() -> None:
    texts = WORDS
    ids = [reason.value for reason in Reason if reason.value]
    assert len(ids) > 20
    for text_id in ids:
        assert texts(text_id)
        assert texts.in_language("en")(text_id)
