"""A terminal that fills says so before the resident starts, and turns away first what can wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.journey import acts, screens
from kiosk.journey.buttons import Button
from kiosk.journey.screens import Reason
from kiosk.viewmodels.derive_page import derive_page
from offline.bounds import Cause, Priority, Room
from tests.kiosk.journey.people import FACTS, LIN
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS

ESSENTIAL, OTHER = FACTS.items[0], FACTS.items[1]
ITEMS: Final = (
    replace(ESSENTIAL, priority=Priority.ESSENTIAL),
    *(replace(item, priority=Priority.ORDINARY, needs_hub=False, big=True) for item in FACTS.items[1:]),
)
FILLING: Final = replace(FACTS, items=ITEMS, room=Room(deferrable=Cause.DISK, ordinary=Cause.EVENTS))
FULL: Final = replace(FILLING, room=Room(Cause.DISK, Cause.DISK, Cause.DISK))


def test_what_there_is_no_room_for_cannot_be_begun() -> None:
    visit = Visit(FILLING).lay(LIN).touch((Button.ITEM, OTHER.id), Button.BEGIN)
    assert visit.on(screens.Guide).blocked is Reason.ROOM_QUEUE
    visit.touch(Button.BACK, (Button.ITEM, ESSENTIAL.id), Button.BEGIN)
    assert isinstance(visit.screen, screens.Consent)


def test_a_terminal_that_fills_while_the_guide_is_read_says_so_at_the_start() -> None:
    visit = Visit(replace(FILLING, room=Room())).lay(LIN).touch((Button.ITEM, OTHER.id))
    assert visit.on(screens.Guide).blocked is Reason.NONE
    visit.facts = FULL
    visit.touch(Button.BEGIN)
    assert visit.on(screens.Guide).blocked is Reason.ROOM_DISK


def test_who_has_begun_is_not_turned_away_before_the_store_itself_says_so() -> None:
    visit = Visit(replace(FILLING, room=Room())).to_consent()
    visit.facts = FULL
    visit.touch(Button.WITNESS)
    assert isinstance(visit.screen, screens.Witness)


def test_home_says_what_cannot_be_taken_and_why_and_that_nothing_is_lost() -> None:
    words = WORDS
    page = derive_page(Visit(FILLING).lay(LIN).session, FILLING, words)
    usable = {row.value: row.usable for row in (*page.choices, *page.more) if row.button is Button.ITEM}
    assert usable[ESSENTIAL.id]
    assert not any(usable[item.id] for item in ITEMS[1:] if item.id in usable)
    assert page.notice_tone == "warn"
    assert "不会丢" in page.notice
    assert any(words(Reason.ROOM_QUEUE.value) == row.detail for row in page.more)
    everything = derive_page(Visit(FULL).lay(LIN).session, FULL, words)
    assert "现在办不了新的事" in everything.notice
    assert any(row.button is Button.LOOK_UP and row.usable for row in everything.more)


def test_a_picture_that_is_too_large_is_said_to_be_so() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
    visit.act(acts.PictureFailed(visit.session.number, Reason.PICTURE_TOO_LARGE))
    assert visit.on(screens.LaterCheck).reason is Reason.PICTURE_TOO_LARGE
