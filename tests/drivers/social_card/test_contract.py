"""What every reader of social-security cards must do, on a real pcscd with a virtual card, in every situation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import pytest

from drivers.health import Cause, State
from drivers.simulation import Simulation
from drivers.social_card.pcsc_reader import PcscSocialCardReader
from drivers.social_card.port import ReadFault, SocialCard, SocialCardReader
from drivers.social_card.simulator import SimulatedSocialCard
from drivers.trouble import WrongState
from tests.drivers.social_card.pcscd import Daemon
from tests.drivers.social_card.people import BARE, THIRD, ZHANG

PATIENCE_S: Final = 20.0
TOLD: Final[dict[str, tuple[str, int | None]]] = {
    "card pulled early": ("pulled", None),
    "a card of another kind": ("wrong_card", 0x6A82),
    "a card without its number": ("record_missing", 0x6A83),
    "a card that asks for authentication": ("security", 0x6982),
    "a card whose data are spoilt": ("card_data", 0x9000),
    "a card that falls silent": ("hung", None),
    "the card is gone": ("no_card", None),
}
"""Situation → the fault and the card's status; the others end in a card."""


@dataclass
class Stand:
    """A reader at work, and the hand that holds the card."""

    device: SimulatedSocialCard
    reader: SocialCardReader

    def lay(self, card: SocialCard) -> None:
        """Put it in, once the one before is seen to be gone, and wait until the reader has seen it."""
        self.device.lift()
        self.wait_until(there=False)
        self.device.lay(card)
        self.wait_until(there=True)

    def wait_until(self, *, there: bool) -> None:
        """pcscd looks every 0.4 s."""
        deadline = time.monotonic() + PATIENCE_S
        while self.reader.find() is not there:
            assert time.monotonic() < deadline, self.reader.health().code

    def read_until_well(self) -> SocialCard | ReadFault:
        """A reader held by a process that was killed is let go only after a moment."""
        deadline = time.monotonic() + PATIENCE_S
        while isinstance(outcome := self.reader.read(), ReadFault) and time.monotonic() < deadline:
            pass
        return outcome


@pytest.fixture
def stand(daemon: Daemon) -> Iterator[Stand]:
    device = SimulatedSocialCard()
    with Simulation(device).start(f"vpcd:{daemon.vpcd_port}"):
        reader = PcscSocialCardReader(device.link, answer_s=2.0)
        reader.open()
        yield Stand(device, reader)
        reader.close()


def test_an_empty_reader_finds_nothing_and_is_well(stand: Stand) -> None:
    stand.wait_until(there=False)
    assert stand.reader.health().state is State.ready


@pytest.mark.parametrize("card", [ZHANG, BARE, THIRD], ids=["second generation", "bare", "third, read freely"])
def test_a_card_is_read_as_it_is_and_again(stand: Stand, card: SocialCard) -> None:
    stand.lay(card)
    assert stand.reader.read() == card
    assert stand.reader.read() == card
    assert stand.device.state()["reads"] == 2


def test_cards_are_read_one_after_the_other(stand: Stand) -> None:
    stand.lay(ZHANG)
    assert stand.reader.read() == ZHANG
    stand.device.lift()
    stand.wait_until(there=False)
    stand.lay(BARE)
    assert stand.reader.read() == BARE


@pytest.mark.parametrize("situation", SimulatedSocialCard.situations)
def test_in_every_situation_the_truth_is_told_and_it_ends(stand: Stand, situation: str) -> None:
    stand.lay(ZHANG)
    stand.device.happen(situation)
    if situation == "the card is gone":
        stand.wait_until(there=False)
    outcome = stand.reader.read()
    if situation in TOLD:
        name, sw = TOLD[situation]
        assert isinstance(outcome, ReadFault)
        assert (outcome.code, outcome.sw) == (f"social_card.{name}", sw)
        assert outcome.health.cause is (Cause.device if name == "hung" else Cause.person)
    else:
        assert outcome == ZHANG
    stand.device.clear()
    stand.wait_until(there=True)
    assert stand.read_until_well() == ZHANG
    assert stand.reader.health().state is State.ready


def test_a_call_that_hangs_in_c_is_ended_told_and_the_next_one_answered(stand: Stand) -> None:
    reader = stand.reader
    assert isinstance(reader, PcscSocialCardReader)
    stand.lay(ZHANG)
    stand.device.fault("mute")
    begun = time.monotonic()
    outcome = reader.read()
    assert time.monotonic() - begun < PATIENCE_S
    assert isinstance(outcome, ReadFault)
    assert (outcome.health.state, outcome.health.code) == (State.failed, "social_card.hung")
    assert reader.replaced == 1
    stand.device.clear()
    assert reader.health().code == "social_card.ready"


def test_a_card_of_the_third_generation_that_wants_a_psam_is_told_so(stand: Stand) -> None:
    stand.lay(THIRD)
    stand.device.fault("security")
    outcome = stand.reader.read()
    assert isinstance(outcome, ReadFault)
    assert (outcome.code, outcome.sw) == ("social_card.needs_psam", 0x6982)
    assert outcome.health.cause is Cause.environment


def test_a_number_in_place_of_the_name_finds_the_same_reader(stand: Stand) -> None:
    stand.lay(ZHANG)
    other = PcscSocialCardReader("pcsc://0")
    other.open()
    assert other.find()
    assert other.read() == ZHANG
    other.close()


@pytest.mark.parametrize("link", ["pcsc://No%20such%20reader", "pcsc://7"])
def test_a_reader_that_is_not_there_is_absent(stand: Stand, link: str) -> None:
    other = PcscSocialCardReader(link)
    other.open()
    assert not other.find()
    health = other.health()
    assert (health.state, health.cause, health.code) == (State.absent, Cause.environment, "social_card.no_reader")
    outcome = other.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.health == replace(health, since=outcome.health.since)
    other.close()


def test_a_closed_reader_does_nothing_and_opens_again(stand: Stand) -> None:
    stand.reader.close()
    stand.reader.close()
    for call in (stand.reader.find, stand.reader.read, stand.reader.health):
        with pytest.raises(WrongState):
            call()
    stand.reader.open()
    stand.lay(ZHANG)
    assert stand.reader.read() == ZHANG


def test_failures_are_counted_by_readings(stand: Stand) -> None:
    stand.lay(ZHANG)
    stand.device.fail_next("garbage")
    assert isinstance(stand.reader.read(), ReadFault)
    assert stand.reader.read() == ZHANG
