"""`kill -9` of the terminal's core, of the agent and of the hub, again and again, in the midst of their work."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

import pytest

from tests.deploy.kill_books import Books, faults
from tests.deploy.kill_ground import Ground
from tests.deploy.nursery import WRITER

SEED: Final = "ZHIZHU_KILL_SEED"
"""Plays the same order of kills and the same amounts of work again; the moments are the machine's own."""
KILLS: Final = int(os.environ.get("ZHIZHU_KILLS") or 12)
"""A few here; the nightly run dies more often."""
OFTEN: Final = 15
"""How often one has to die before its own share of moments amid work says something: of a few, chance decides."""
VICTIMS: Final = (WRITER, "agent", "hub")

SOUND: Final = Books(
    acknowledged=("a", "s"),
    held=("a", "s", "b"),  # b was durable, but the writer died before it could say so
    at_hub=("a", "s", "b"),
    applications=("a", "b"),
    cases=("a", "b"),
    decisions=("a", "b"),
    answers=("b", "a"),
    heard=("a", "b"),
)


def test_every_acknowledged_event_is_at_the_hub_exactly_once_after_every_kill(tmp_path: Path) -> None:
    seed = int(os.environ.get(SEED) or Random().getrandbits(32))
    print(f"{SEED}={seed}")
    chance, began = Random(seed), monotonic()
    victims = [VICTIMS[n % len(VICTIMS)] for n in range(KILLS)]
    chance.shuffle(victims)
    ground = Ground(tmp_path, chance)
    try:
        ground.open()
        for name in victims:
            ground.await_work(name)
            ground.kill(name)
            ground.start(name)
        killed_s = monotonic() - began
        books = ground.finish()
    finally:
        ground.close()
    print(
        f"kills {dict(ground.kills)}, with work in flight {dict(ground.amid_work)};"
        f" {len(books.acknowledged)} acknowledged, {len(books.held)} held, {len(books.cases)} cases,"
        f" {ground.sent_again} sent again;"
        f" last kill after {killed_s:.1f} s, all answered after {monotonic() - began:.1f} s"
    )
    assert faults(books) == ()
    assert ground.kills == Counter(victims)
    assert 2 * ground.amid_work.total() >= KILLS, "the kills missed the work"
    often = {name: times for name, times in ground.kills.items() if times >= OFTEN}
    assert all(2 * ground.amid_work[name] >= times for name, times in often.items()), "the kills missed the work of one"
    assert "Traceback" not in ground.logs(), ground.logs()


def test_books_without_fault_are_not_complained_of() -> None:
    assert faults(SOUND) == ()


@pytest.mark.parametrize(
    ("books", "complaint"),
    [
        (replace(SOUND, held=("a", "b"), at_hub=("a", "b")), "s: acknowledged, but not in the terminal's file"),
        (replace(SOUND, acknowledged=("a", "s", "s")), "s: acknowledged 2 times"),
        (replace(SOUND, at_hub=("a", "b")), "s: in the terminal's file, but not at the hub"),
        (replace(SOUND, at_hub=("a", "s", "b", "s")), "s: 2 times instead of once (at the hub)"),
        (replace(SOUND, at_hub=("a", "s", "b", "x")), "x: at the hub, but never in the terminal's file"),
        (replace(SOUND, cases=("a",)), "b: application, but without a case"),
        (replace(SOUND, cases=("a", "b", "a")), "a: 2 times instead of once (a case)"),
        (replace(SOUND, cases=("a", "b", "s")), "s: a case, but never application"),
        (replace(SOUND, decisions=("b",)), "a: application, but undecided"),
        (replace(SOUND, answers=("a",)), "b: application, but without an answer"),
        (replace(SOUND, answers=("a", "b", "b")), "b: 2 times instead of once (an answer)"),
        (replace(SOUND, heard=("b",)), "a: application, but not heard of"),
        (replace(SOUND, broken=("broken chain",)), "broken chain"),
    ],
)
def test_a_lost_doubled_or_invented_event_is_named(books: Books, complaint: str) -> None:
    assert faults(books) == (complaint,)
