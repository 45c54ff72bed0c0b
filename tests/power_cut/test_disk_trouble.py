"""The disk is full or broken at any call: what was said to be kept is kept, what was said not to be never turns up."""

from __future__ import annotations

from pathlib import Path
from random import Random

from deploy.power_cut.record import What
from tests.power_cut.aftermath import replay
from tests.power_cut.lives import troubled_store


def test_what_a_store_says_of_an_act_is_true_whichever_call_fails_and_whenever_the_mains_fail_afterwards(
    after: Path, seed: int
) -> None:
    record = troubled_store(after, seed)
    chance = Random(seed)
    spoken = replay(record, states=60, chance=chance, place=after, said=frozenset({What.ACKNOWLEDGED, What.REFUSED}))
    found = replay(record, states=80, chance=chance, place=after)
    print(spoken, found)
    assert spoken.wrong + found.wrong == []
    assert found.acknowledged >= 20
    assert found.refused >= 40


def test_a_store_that_takes_no_failed_commit_back_is_found_out(after: Path, seed: int) -> None:
    record = troubled_store(after, seed, believing=True)
    found = replay(record, states=100, chance=Random(seed), place=after, said=frozenset({What.REFUSED}))
    print(found)
    assert any("said not to be kept" in each for each in found.wrong)
