"""The contract, kept by the PC/SC driver on a real pcscd with a virtual card; and what is this driver's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from drivers.health import Cause, State
from drivers.simulation import Simulation
from drivers.social_card.pcsc_reader import PcscSocialCardReader
from drivers.social_card.port import ReadFault, SocialCard
from drivers.social_card.simulator import SimulatedSocialCard
from tests.drivers.social_card.contract import PATIENCE_S, SocialCardReaderContract, put_in
from tests.drivers.social_card.pcscd import Daemon
from tests.drivers.social_card.people import THIRD, ZHANG


@dataclass
class PcscStand:
    """The driver at work, and a card that connects to the service behind it."""

    device: SimulatedSocialCard
    reader: PcscSocialCardReader

    def lay(self, card: SocialCard) -> None:
        self.device.lay(card)

    def lift(self) -> None:
        self.device.lift()

    def happen(self, situation: str) -> None:
        self.device.happen(situation)

    def repair(self) -> None:
        self.device.clear()


@pytest.fixture
def stand(daemon: Daemon) -> Iterator[PcscStand]:
    device = SimulatedSocialCard()
    with Simulation(device).start(f"vpcd:{daemon.vpcd_port}"):
        reader = PcscSocialCardReader(device.link, answer_s=2.0)
        reader.open()
        yield PcscStand(device, reader)
        reader.close()


class TestPcsc(SocialCardReaderContract):
    """On the fixture of this file."""


def test_each_reading_is_one_of_the_card(stand: PcscStand) -> None:
    put_in(stand, ZHANG)
    for _ in range(2):
        assert stand.reader.read() == ZHANG
    assert stand.device.state()["reads"] == 2


def test_a_call_that_hangs_in_c_is_ended_told_and_the_next_one_answered(stand: PcscStand) -> None:
    put_in(stand, ZHANG)
    stand.device.fault("mute")
    begun = time.monotonic()
    outcome = stand.reader.read()
    assert time.monotonic() - begun < PATIENCE_S
    assert isinstance(outcome, ReadFault)
    assert (outcome.health.state, outcome.health.code) == (State.failed, "social_card.hung")
    assert stand.reader.replaced == 1
    stand.device.clear()
    assert stand.reader.health().code == "social_card.ready"


def test_a_card_of_the_third_generation_that_wants_a_psam_is_told_so(stand: PcscStand) -> None:
    put_in(stand, THIRD)
    stand.device.fault("security")
    outcome = stand.reader.read()
    assert isinstance(outcome, ReadFault)
    assert (outcome.code, outcome.sw) == ("social_card.needs_psam", 0x6982)
    assert outcome.health.cause is Cause.environment


def test_a_number_in_place_of_the_name_finds_the_same_reader(stand: PcscStand) -> None:
    put_in(stand, ZHANG)
    other = PcscSocialCardReader("pcsc://0")
    other.open()
    assert other.find()
    assert other.read() == ZHANG
    other.close()


@pytest.mark.usefixtures("stand")
@pytest.mark.parametrize("link", ["pcsc://No%20such%20reader", "pcsc://7"])
def test_a_reader_that_is_not_there_is_absent(link: str) -> None:
    other = PcscSocialCardReader(link)
    other.open()
    assert not other.find()
    health = other.health()
    assert (health.state, health.cause, health.code) == (State.absent, Cause.environment, "social_card.no_reader")
    outcome = other.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.health == replace(health, since=outcome.health.since)
    other.close()


def test_failures_are_counted_by_readings(stand: PcscStand) -> None:
    put_in(stand, ZHANG)
    stand.device.fail_next("garbage")
    assert isinstance(stand.reader.read(), ReadFault)
    assert stand.reader.read() == ZHANG
