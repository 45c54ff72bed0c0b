"""`kill -9` at random points: what was acknowledged is there, the chain is whole."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from tests.offline.ground import HubKeys, enrol
from tests.offline.kill_harness import Victim, kept_in, kill_writers

KILLS = 50


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    enrol(tmp_path, HubKeys())
    acknowledged, there = kill_writers(tmp_path, KILLS, Random(20261123))
    assert acknowledged >= KILLS
    assert acknowledged <= there <= acknowledged + KILLS  # at most one each was durable but not yet said


def test_a_killed_process_of_its_own_leaves_what_it_acknowledged(tmp_path: Path) -> None:
    enrol(tmp_path, HubKeys())
    acknowledged: list[str] = []
    for then_s in (0.0, 0.02):
        victim = Victim.start([sys.executable, "-m", "tests.offline.kill_harness", "--write", str(tmp_path)])
        try:
            victim.live(2, then_s)
        finally:
            acknowledged += victim.kill()
    assert set(acknowledged) <= set(kept_in(tmp_path))
    assert len(acknowledged) >= 4
