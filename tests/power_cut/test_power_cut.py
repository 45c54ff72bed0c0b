"""The mains fail at any moment: what was said to be kept is there when they are back, and every file can be read.

A thousand moments of a busy store here; the real terminal, and ten thousand, at night.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.power_cut.aftermath import replay
from tests.power_cut.lives import busy_store, giving_store, real_terminal

RESIDENTS: Final = ("lin-yuelan", "chen-deshui", "pan-jinfeng", "huang-axing")


@pytest.mark.night
def test_nothing_acknowledged_by_the_real_terminal_is_lost_whenever_the_mains_fail(
    tmp_path: Path, after: Path, seed: int
) -> None:
    record = real_terminal(tmp_path, RESIDENTS)
    found = replay(record, states=650, chance=Random(seed), place=after)
    print(found)
    assert found.wrong == []
    assert found.acknowledged == len(RESIDENTS)


def test_nothing_acknowledged_by_a_busy_store_is_lost_whenever_the_mains_fail(
    tmp_path: Path, after: Path, seed: int
) -> None:
    record = busy_store(tmp_path, 40, seed)
    found = replay(record, states=1000, chance=Random(seed), place=after)
    print(found)
    assert found.wrong == []
    assert found.acknowledged >= 70


def test_an_application_is_kept_with_all_that_was_given_with_it_or_not_at_all(
    tmp_path: Path, after: Path, seed: int
) -> None:
    record = giving_store(tmp_path, 6, seed)
    found = replay(record, states=90, chance=Random(seed), place=after)
    print(found)
    assert found.wrong == []
    assert found.acknowledged == 12


def test_without_a_flush_at_each_commit_the_same_cuts_do_lose_acts(tmp_path: Path, after: Path, seed: int) -> None:
    record = busy_store(tmp_path, 20, seed, flush_commits=False)
    found = replay(record, states=60, chance=Random(seed), place=after)
    print(found)
    assert any("is lost" in each for each in found.wrong)
