"""The bench of the outbox, at a scale that measures nothing: every queue keeps, drains and says what it has set."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random
from typing import Final

import pytest

from deploy.bench import disk_place, outbox
from deploy.bench.losses import losses
from deploy.bench.outbox import Scale, measured
from deploy.bench.queue import AckQueue
from deploy.bench.queues import ACKNOWLEDGING, KINDS, OURS, RAW, durability_of, open_queue
from deploy.bench.rounds import Rounds
from deploy.power_cut.shim import Shim
from deploy.trouble import RoofTrouble

SIZE: Final = 300
TINY: Final = Scale(rounds=1, budget_s=0.0, warm=1, items=1, cuts=1)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_queue_was_given_is_there_when_it_is_opened_again(kind: str, tmp_path: Path) -> None:
    with closing(open_queue(kind, tmp_path, SIZE, equal=True)) as queue:
        given = {queue.put() for _ in range(3)}
        assert queue.names() == given
    with closing(open_queue(kind, tmp_path, SIZE, equal=True)) as queue:
        given.add(queue.put())
        assert queue.names() == given
        assert len(given) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_all_are_timed_with_a_flush_at_every_commit(kind: str, tmp_path: Path) -> None:
    assert durability_of(kind, tmp_path, equal=True) == "WAL + FULL"


def test_two_peers_leave_the_flush_away_by_default(tmp_path: Path) -> None:
    without = set()
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        if durability_of(kind, tmp_path / kind, equal=False) != "WAL + FULL":
            without.add(kind)
    assert without == {"litequeue", "diskcache"}


@pytest.mark.parametrize("kind", KINDS)
def test_only_those_that_know_acknowledging_are_asked_for_it(kind: str, tmp_path: Path) -> None:
    with closing(open_queue(kind, tmp_path, SIZE, equal=True)) as queue:
        assert isinstance(queue, AckQueue) == (kind in ACKNOWLEDGING)
        if not isinstance(queue, AckQueue):
            return
        for _ in range(3):
            queue.put()
        queue.acknowledge()
        queue.drain()
        queue.tidy()
        queue.put()
        queue.acknowledge()


def test_a_cut_loses_what_was_never_flushed_and_nothing_of_ours(tmp_path: Path) -> None:
    found = {}
    for kind in (OURS, "litequeue"):
        found[kind] = losses(kind, tmp_path / kind, items=5, size=SIZE, states=20, chance=Random(7))
    assert (found[OURS].lost, found[OURS].states) == (0, 20)
    assert found["litequeue"].lost > 0
    assert min(each.acknowledged for each in found.values()) > 0


def test_without_a_compiler_nothing_is_said_to_be_lost_or_not_and_the_gate_does_not_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Shim, "can_be_built", staticmethod(lambda: False))
    report = measured(TINY)
    assert report.gates[-1].measured is None
    assert not report.gates[-1].ok
    assert not report.ok
    assert "没有编译器 no compiler" in report.figures.values()
    assert all(gate.measured for gate in report.gates[:-1])
    assert len(report.peers) == len(KINDS) - 1


def test_a_peer_that_is_not_installed_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shim, "can_be_built", staticmethod(lambda: False))
    monkeypatch.setattr(outbox, "title", lambda kind: kind if kind in (OURS, RAW) else None)
    report = measured(TINY)
    assert list(report.peers) == [RAW]
    assert [gate.measured is None for gate in report.gates] == [True, False, True]


class Counting:
    """An arm that writes down what it is asked."""

    def __init__(self, name: str, said: list[str]) -> None:
        self._name, self._said = name, said

    def make_ready(self) -> None:
        """See Arm."""
        self._said.append(self._name.upper())

    def work(self) -> None:
        """See Arm."""
        self._said.append(self._name)


def test_arms_take_turns_and_begin_in_another_order_each_round() -> None:
    said: list[str] = []
    arms = {name: Counting(name, said) for name in "ab"}
    found = Rounds.of(arms, rounds=2, block=2, budget_s=60.0, least=1)
    assert "".join(said) == "AaaBbb" + "BbbAaa"
    assert found.count == 2
    assert found.names == {"a", "b"}
    assert found.times_quicker("a", "a") == 1.0


def test_a_machine_that_is_busy_does_fewer_rounds() -> None:
    assert Rounds.of({"a": Counting("a", [])}, rounds=9, block=1, budget_s=-1.0, least=2).count == 2


def test_a_folder_in_memory_is_none_to_measure_flushes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk_place.place_on_disk().is_dir()
    monkeypatch.setattr(disk_place, "file_system", lambda _: "tmpfs")
    with pytest.raises(RoofTrouble, match="TMPDIR"):
        disk_place.place_on_disk()
