"""The real terminal on a disk that breaks and fills up: the screen's words agree with what a power cut leaves."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.power_cut.aftermath import replay
from tests.power_cut.lives import troubled_terminal


@pytest.mark.night
def test_the_screen_says_kept_not_kept_or_that_nobody_can_say_and_it_is_true(
    tmp_path: Path, after: Path, seed: int
) -> None:
    record = troubled_terminal(tmp_path)
    found = replay(record, states=100, chance=Random(seed), place=after)
    print(found)
    assert found.wrong == []
    assert (found.acknowledged, found.refused) == (2, 2)
