"""The terminal's side of the bell: asked now or never, followed while it rings, and told as truly as it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.doors import ManualDoor
from kiosk.journey import acts
from kiosk.journey.bell import BellSeen, Panel, Ring
from kiosk.journey.buttons import Button
from kiosk.journey.effects import RingBell
from kiosk.journey.screens import Attract
from kiosk.services.bell import BellService
from kiosk.viewmodels.bell_props import derive_bell
from offline.sync.trouble import HubRefused, HubSilent
from offline.wire.batch import PROBLEM_PREFIX, Problem
from offline.wire.bell import BellReply, BellRing, BellState, BellView, Called
from tests.kiosk.journey.people import FACTS, LIN
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Hall:
    """A terminal's bell, its hub and its clocks, all turned by hand."""

    def __init__(self) -> None:
        self.at = 0.0
        self.reply: BellReply | Exception = BellReply()
        self.rung: list[BellRing] = []
        self.asked = 0
        self.ill: list[str] = []
        self.door = ManualDoor()
        self.service = BellService(
            self,
            self.door,
            deadline_s=6,
            poll_s=5,
            doubt_s=60,
            forget_s=1200,
            now=lambda: NOON,
            monotonic=lambda: self.at,
            ill=lambda what, _: self.ill.append(what),
        )

    def ring(self, ring: BellRing) -> BellReply:
        self.rung.append(ring)
        return self.answer()

    def bell(self) -> BellReply:
        self.asked += 1
        return self.answer()

    def answer(self) -> BellReply:
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def stands(self, state: BellState, called: Called = "village", answered: Called | None = None) -> None:
        view = BellView(id="a" * 32, state=state, rung_at=NOON, called=called, answered_from=answered)
        self.reply = BellReply(bell=view)

    def later(self, seconds: float) -> BellSeen:
        self.at += seconds
        self.service.tick()
        self.door.turn_all()
        return self.service.seen

    def call(self) -> BellSeen:
        self.service.ring("face")
        assert self.service.seen.ring is Ring.CALLING
        self.door.turn_all()
        return self.service.seen


def test_a_call_is_followed_from_ringing_to_done() -> None:
    hall = Hall()
    hall.later(0)
    hall.stands("waiting")
    assert hall.call() == BellSeen(Ring.WAITING, NOON)
    hall.service.ring("face")
    assert len(hall.rung) == 1, "one at a time"
    hall.stands("waiting", "above")
    assert hall.later(5).above
    hall.stands("coming", "above", "above")
    assert hall.later(5) == BellSeen(Ring.COMING, NOON, above=True, from_above=True)
    hall.stands("done")
    assert hall.later(5).ring is Ring.DONE
    asked = hall.asked
    hall.later(600)
    assert hall.asked == asked, "what is over is not asked about"
    hall.stands("waiting")
    assert hall.call().ring is Ring.WAITING
    assert len({each.id for each in hall.rung}) == 2


def test_without_a_line_the_call_is_said_not_to_have_gone_out_and_is_never_sent_later() -> None:
    hall = Hall()
    hall.reply = HubSilent("cut")
    assert hall.call().ring is Ring.FAILED
    assert hall.ill == ["bell"]
    hall.reply = BellReply()
    for _ in range(100):
        hall.later(5)
    assert len(hall.rung) == 1
    assert hall.service.seen.ring is Ring.FAILED


def test_a_call_whose_answer_was_lost_is_found_to_have_arrived() -> None:
    hall = Hall()
    hall.later(0)
    hall.service.ring("face")
    hall.door.be_late()
    assert hall.service.seen.ring is Ring.FAILED
    hall.stands("waiting")
    assert hall.later(5).ring is Ring.WAITING


def test_a_line_that_breaks_meanwhile_is_told_and_the_bell_is_forgotten_in_the_end() -> None:
    hall = Hall()
    hall.stands("waiting")
    hall.call()
    hall.reply = HubSilent("cut")
    assert hall.later(5) == BellSeen(Ring.WAITING, NOON, heard=False)
    hall.stands("coming", answered="village")
    assert hall.later(5) == BellSeen(Ring.COMING, NOON)
    hall.reply = HubSilent("cut")
    assert hall.later(1200) == BellSeen()


def test_a_new_process_finds_the_bell_that_the_last_one_rang() -> None:
    hall = Hall()
    hall.stands("coming", answered="village")
    assert hall.later(0).ring is Ring.COMING
    done = Hall()
    done.stands("done")
    assert done.later(0) == BellSeen(), "what was over before is nothing to tell of"


def test_too_many_calls_are_told_as_such() -> None:
    hall = Hall()
    problem = Problem(type=f"{PROBLEM_PREFIX}bell_often", title="", status=429, detail="")
    hall.reply = HubRefused(429, problem, 300.0)
    assert hall.call().ring is Ring.OFTEN
    assert hall.ill == []


@pytest.mark.parametrize("ring", [ring for ring in Ring if ring is not Ring.NONE])
def test_every_standing_has_its_words_in_every_language_and_a_way_out(ring: Ring) -> None:
    facts = replace(FACTS, bell=BellSeen(ring, NOON), helper_at="进门左手边", phone="0668-0000000")
    for language in ("zh-Hans", "zh-Hant", "en"):
        told = derive_bell(Panel.RUNG, facts, WORDS.in_language(language))
        assert told.button
        assert told.title
        assert told.actions[-1].button is Button.BELL_SEEN
        assert any(row.button is Button.BELL for row in told.actions) == (not facts.bell.open)


def test_where_nobody_can_be_called_it_says_where_a_person_sits_and_whom_to_telephone() -> None:
    facts = replace(FACTS, bell=BellSeen(Ring.FAILED, NOON), helper_at="进门左手边", phone="0668-0000000")
    said = " ".join(row.text for row in derive_bell(Panel.RUNG, facts, WORDS).lines)
    assert "进门左手边" in said
    assert "0668-0000000" in said
    assert "过后也不会再送" in said
    silent = derive_bell(Panel.RUNG, replace(facts, helper_at="", phone=""), WORDS)
    assert "服务台" in silent.lines[-1].text


def test_whoever_waits_for_a_person_is_not_sent_away_and_the_next_one_is_no_caller() -> None:
    visit = Visit().to_consent().touch(Button.BELL)
    assert visit.last == (RingBell("consent"),)
    visit.facts = replace(visit.facts, bell=BellSeen(Ring.WAITING, NOON))
    assert visit.touch(Button.BELL).last == ()
    assert visit.session.bell is Panel.AGAIN
    visit.touch(Button.BELL_SEEN).act(acts.Idle(FACTS.limits.idle_warning_s + 1))
    assert visit.warning() is None
    visit.act(acts.Idle(FACTS.limits.bell_idle_s + 1))
    assert visit.warning() is not None
    visit.act(acts.Idle(FACTS.limits.bell_idle_s + FACTS.limits.idle_countdown_s))
    assert isinstance(visit.screen, Attract)
    visit.lay(LIN).act(acts.Idle(FACTS.limits.idle_warning_s + 1))
    assert visit.warning() is not None


def test_the_panel_over_the_first_screen_goes_by_itself_and_before_a_card() -> None:
    visit = Visit().touch(Button.BELL)
    visit.facts = replace(visit.facts, bell=BellSeen(Ring.WAITING, NOON))
    visit.act(acts.Idle(FACTS.limits.done_idle_s - 1))
    assert visit.session.bell
    visit.act(acts.Idle(FACTS.limits.done_idle_s))
    assert not visit.session.bell
    visit.touch(Button.BELL).lay(LIN)
    assert not visit.session.bell
    assert visit.touch((Button.ITEM, "pension-qualification")).screen != Attract()
