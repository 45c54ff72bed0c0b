"""`kill -9` at random points: what was acknowledged is there, the chain is whole."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.offline.ground import HubKeys, enrol
from tests.offline.kill_harness import kill_writers

KILLS = 50


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    enrol(tmp_path, HubKeys())
    acknowledged, there = kill_writers(tmp_path, KILLS, Random(20261123))
    assert acknowledged >= KILLS
    assert acknowledged <= there <= acknowledged + KILLS  # at most one each was durable but not yet said
