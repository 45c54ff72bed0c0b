"""A link in a process of its own: bytes pass, troubles keep their words, and what hangs is killed and told."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime

import pytest

from drivers.health import State
from drivers.id_card.record import from_record
from drivers.id_card.sam import SamReader
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.link import Link, LinkLost, LinkRefused
from drivers.link_child import ANSWER, GREETING, ORDER, main, open_in_child, serve
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


class Played:
    """A link that gives what it was told to and remembers what was asked of it; an exception is raised."""

    def __init__(self, *given: bytes | Exception) -> None:
        self._given = list(given)
        self.said: list[object] = []

    def read(self, limit: int, timeout_s: float) -> bytes:
        self.said.append((limit, timeout_s))
        return self._next()

    def write(self, data: bytes) -> None:
        self.said.append(data)
        self._next()

    def close(self) -> None:
        self.said.append("closed")

    def _next(self) -> bytes:
        given = self._given.pop(0)
        if isinstance(given, Exception):
            raise given
        return given


def order(letter: bytes, body: bytes = b"", timeout_s: float = 0.0) -> bytes:
    return ORDER.pack(letter, timeout_s, len(body)) + body


def served(link: Link | LinkRefused, *orders: bytes) -> list[tuple[bytes, bytes]]:
    """What the child answers to these orders, letter and body."""

    def opened() -> Link:
        if isinstance(link, LinkRefused):
            raise link
        return link

    answers = io.BytesIO()
    serve(opened, io.BytesIO(b"".join(orders)), answers)
    data = answers.getvalue()
    assert data.startswith(GREETING)
    at, told = len(GREETING), []
    while at < len(data):
        letter, size = ANSWER.unpack_from(data, at)
        at += ANSWER.size
        told.append((letter, data[at : at + size]))
        at += size
    return told


def test_the_child_does_one_order_after_the_other_and_closes_the_link_at_the_end() -> None:
    link = Played(b"abc", b"", LinkLost("link.lost", "断了。", "请检查。"))
    told = served(
        link, order(b"o"), order(b"r", (64).to_bytes(4, "big"), 0.5), order(b"w", b"hello"), order(b"w", b"more"), b"o"
    )
    assert [letter for letter, _ in told] == [b"K", b"K", b"K", b"L"]
    assert told[1][1] == b"abc"
    assert json.loads(told[3][1]) == ["link.lost", "断了。", "请检查。"]
    assert link.said == [(64, 0.5), b"hello", b"more", "closed"]


def test_the_child_tells_a_refusal_and_opens_again_when_asked_again() -> None:
    told = served(LinkRefused("link.missing", "没有。", "请插上。"), order(b"o"), order(b"r", bytes(4)))
    assert [letter for letter, _ in told] == [b"R", b"R"]
    assert json.loads(told[0][1]) == ["link.missing", "没有。", "请插上。"]


def test_the_child_is_used_with_two_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["link_child"])
    assert main() == 2
