"""What queues lose when the power goes: each is recorded while it keeps items, and every cut is looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from deploy.bench.queues import open_queue
from deploy.power_cut.cuts import cuts
from deploy.power_cut.recorded import recorded
from offline.trouble import OfflineTrouble


@dataclass(frozen=True, slots=True)
class Losses:
    """After how many of `states` power cuts something was missing that the queue had said it keeps."""

    states: int
    lost: int
    acknowledged: int

    def __str__(self) -> str:
        return f"{self.lost} / {self.states}"


def losses(kind: str, place: Path, *, items: int, size: int, states: int, chance: Random) -> Losses:
    """A queue as its users get it keeps `items` items in a process of its own, and the power is cut `states` times."""
    folder = place / "watched" / "queue"
    folder.mkdir(parents=True)
    calls = recorded(["deploy.bench.queue_writer", kind, str(folder), str(items), str(size)], place, folder)
    lost, acknowledged = 0, 0
    for after in cuts(calls, states=states, chance=chance, place=place):
        acknowledged = max(acknowledged, len(after.acknowledged))
        lost += not _all_there(kind, after.folder, after.acknowledged)
    return Losses(states, lost, acknowledged)


def _all_there(kind: str, folder: Path, acknowledged: Iterable[str]) -> bool:
    try:
        with closing(open_queue(kind, folder, 0, equal=False)) as queue:
            return queue.names().issuperset(acknowledged)
    except (sqlite3.Error, OfflineTrouble):
        return False  # a file that cannot be read has lost all that was in it
