"""The disk is full or broken at any call: what was said to be kept is kept, what was said not to be never turns up."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import pytest

from deploy.power_cut.disk import Disk
from deploy.power_cut.record import Call, What
from tests.power_cut.aftermath import replay
from tests.power_cut.lives import troubled_store

OLD: Final = Call(What.CREATE, 1, 0, "old", "", b"", 1)
NEW: Final = Call(What.CREATE, 2, 0, "new", "", b"", 1)
FLUSHED: Final = Call(What.SYNC_FOLDER, 0, 0, "", "", b"", 1)
REFUSED: Final = Call(What.FAILED_SYNC_FOLDER, 0, 0, "", "", b"", 1)


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
    record = troubled_store(after, seed, "BELIEVING")
    found = replay(record, states=100, chance=Random(seed), place=after, said=frozenset({What.REFUSED}))
    print(found)
    assert any("said not to be kept" in each for each in found.wrong)


def test_a_store_that_opens_though_its_folder_could_not_be_flushed_is_found_out(after: Path, seed: int) -> None:
    record = troubled_store(after, seed, "HEEDLESS")
    assert What.FAILED_SYNC_FOLDER in {call.what for call in record}
    found = replay(record, states=100, chance=Random(seed), place=after, said=frozenset({What.ACKNOWLEDGED}))
    print(found)
    assert any("is lost" in each for each in found.wrong)


@pytest.mark.parametrize(
    ("calls", "sure"),
    [
        ([OLD, FLUSHED], {"old"}),
        ([OLD, REFUSED], set()),
        ([OLD, REFUSED, FLUSHED], set()),
        ([OLD, REFUSED, NEW, FLUSHED], {"old", "new"}),
        ([OLD, FLUSHED, NEW, REFUSED, FLUSHED], {"old"}),
    ],
)
def test_names_whose_flush_failed_are_sure_only_when_the_folder_is_written_again(
    calls: list[Call], sure: set[str]
) -> None:
    disk = Disk()
    for call in calls:
        disk.follow(call)
    left = [set(disk.cut(Random(seed))) for seed in range(200)]
    assert set.intersection(*left) == sure
