"""Power cuts played from a record: at random calls, what could be left of the files is laid out to be looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from deploy.power_cut.disk import Disk
from deploy.power_cut.record import Call, What

SHARED_MEMORY: Final = "-shm"
"""SQLite's index of the write-ahead log: memory, not a file to be trusted; the first to open makes it anew."""


@dataclass(frozen=True, slots=True)
class AfterCut:
    """What one cut left in `folder`, and what people had been told before it; `point` counts the calls."""

    point: int
    folder: Path
    acknowledged: tuple[str, ...]
    refused: tuple[str, ...]


def cuts(
    calls: Iterable[Call], *, states: int, chance: Random, place: Path, said: frozenset[What] = frozenset()
) -> Iterator[AfterCut]:
    """Cuts the power at `states` random calls of a record; each folder is gone when the next one is asked for.

    `said`: only right after such a word of the watcher's, where it is soonest untrue.
    """
    record = tuple(calls)
    moments = [n + 1 for n, call in enumerate(record) if call.what in said] if said else range(len(record) + 1)
    disk, done, folder = Disk(), 0, place / "state"
    for point in sorted(chance.choices(moments, k=states)):
        for call in record[done:point]:
            disk.follow(call)
        done = point
        lay_out(disk.cut(chance), folder)
        yield AfterCut(point, folder, tuple(disk.acknowledged), tuple(disk.refused))
        shutil.rmtree(folder)


def lay_out(left: Mapping[str, bytes | None], folder: Path) -> None:
    """Writes down what a cut has left, with the rights it had."""
    folder.mkdir(parents=True)
    for name in sorted(left):
        content, path = left[name], folder / name
        if content is None:
            path.mkdir(exist_ok=True)
        elif not name.endswith(SHARED_MEMORY):
            path.write_bytes(content)
            path.chmod(0o600)
