"""A link in a process of its own: bytes pass, troubles keep their words, and what hangs is killed and told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drivers.health import State
from drivers.id_card.record import from_record
from drivers.id_card.sam import SamReader
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.link import LinkLost, LinkRefused
from drivers.link_child import open_in_child
from drivers.simulation import Simulation
from seeds.people import People

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_a_card_is_read_through_a_link_in_a_child() -> None:
    device = SimulatedIdCardReader()
    with Simulation(device).start("pty"):
        device.lay(from_record(People.load().all[0].card_record()))
        reader = SamReader(device.link, connect=lambda url: open_in_child("drivers.link:open_link", url))
        reader.open()
        assert reader.find()
        card = reader.read()
        assert getattr(card, "number", "") == People.load().all[0].id_number
        device.fault("unplugged")
        assert reader.health().code == "id_card.link_lost"
        reader.close()


def test_a_call_that_hangs_is_ended_and_the_reader_says_so_and_is_opened_anew() -> None:
    openers = ["tests.drivers.openers:deaf"]
    reader = SamReader("/nowhere", connect=lambda url: open_in_child(openers[0], url), clock=lambda: NOW)
    reader.open()
    health = reader.health()
    assert (health.code, health.state) == ("id_card.hung", State.failed)
    openers[0] = "tests.drivers.openers:refusing"
    assert reader.health().code == "id_card.link_lost"
    reader.close()


def test_a_child_that_dies_is_a_lost_link() -> None:
    link = open_in_child("tests.drivers.openers:dying", "x")
    with pytest.raises(LinkLost) as lost:
        link.write(b"x")
    assert (lost.value.code, lost.value.sentence) == ("link.lost", "断了。")
    with pytest.raises(LinkLost) as died:
        link.read(1, 0.1)
    assert died.value.code == "link.died"
    with pytest.raises(LinkLost):
        link.read(1, 0.1)
    link.close()


def test_a_refusal_keeps_its_words() -> None:
    with pytest.raises(LinkRefused) as refused:
        open_in_child("tests.drivers.openers:refusing", "x")
    assert (refused.value.code, refused.value.advice) == ("link.missing", "请插上。")


def test_a_child_of_another_language_is_ended() -> None:
    with pytest.raises(LinkRefused) as refused:
        open_in_child("unused", "x", ("sh", "-c", "printf Kxxxxxxxxxxxx; sleep 60"))
    assert refused.value.code == "link.died"
