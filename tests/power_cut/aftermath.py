"""What is found when the mains are back: every file opens, every chain is whole, nothing acknowledged is gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from deploy.power_cut.disk import Disk
from deploy.power_cut.record import Call
from offline.pictures import PictureFolder
from offline.status import read_status
from offline.store import AgentStore, TerminalStore
from offline.trouble import OfflineTrouble
from offline.wire.chain import Break
from tests.offline.ground import NOON

SHARED_MEMORY: Final = "-shm"
"""SQLite's index of the write-ahead log: memory, not a file to be trusted; the first to open makes it anew."""


@dataclass
class Findings:
    """How many cuts were looked at, and everything that was wrong after one."""

    states: int = 0
    acknowledged: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.acknowledged} acts acknowledged and {self.refused} refused before the last"
        return f"{self.states} states, {told}, {len(self.wrong)} wrong"


def replay(calls: Iterable[Call], *, states: int, chance: Random, place: Path) -> Findings:
    """Cuts the power at `states` random calls of a record and looks at what is left; `place` is used up."""
    record = tuple(calls)
    points = sorted(chance.choices(range(len(record) + 1), k=states))
    disk, done, found = Disk(), 0, Findings()
    for point in points:
        for call in record[done:point]:
            disk.follow(call)
        done = point
        state_dir = place / "state"
        lay_out(disk.cut(chance), state_dir)
        found.states += 1
        found.acknowledged, found.refused = len(disk.acknowledged), len(disk.refused)
        found.wrong += [f"after call {point}: {each}" for each in look(state_dir, disk.acknowledged, disk.refused)]
        shutil.rmtree(state_dir)
    return found


def lay_out(left: Mapping[str, bytes | None], state_dir: Path) -> None:
    """Writes down what the cut has left, with the rights it had."""
    state_dir.mkdir(parents=True)
    for name in sorted(left):
        content, path = left[name], state_dir / name
        if content is None:
            path.mkdir(exist_ok=True)
        elif not name.endswith(SHARED_MEMORY):
            path.write_bytes(content)
            path.chmod(0o600)


def look(state_dir: Path, acknowledged: Iterable[str], refused: Iterable[str] = ()) -> list[str]:
    """Everything that is wrong, in sentences."""
    try:
        agent = AgentStore.open(state_dir)
        terminal = TerminalStore.open(state_dir)
    except OfflineTrouble as trouble:
        return [f"unreadable: {trouble.sentence}"]
    try:
        return [
            *_rotten(agent, terminal),
            *_lost(terminal, acknowledged),
            *_there_after_all(terminal, refused),
            *_pictures_missing(state_dir, agent, terminal),
        ]
    except OfflineTrouble as trouble:
        return [f"unreadable: {trouble.sentence}"]
    finally:
        terminal.close()
        agent.close()
        read_status(state_dir, NOON)


def _rotten(agent: AgentStore, terminal: TerminalStore) -> list[str]:
    wrong = []
    for name, view in (("agent.db", agent), ("terminal.db", terminal)):
        if isinstance(broken := view.verify(), Break):
            wrong.append(f"the chain of {name} breaks at {broken.seq}: {broken.reason}")
        wrong += [f"{name}: {each}" for each in view.damage()]
    return wrong


def _lost(terminal: TerminalStore, acknowledged: Iterable[str]) -> list[str]:
    return [f"the acknowledged act {each} is lost" for each in acknowledged if not terminal.has_event(each)]


def _there_after_all(terminal: TerminalStore, refused: Iterable[str]) -> list[str]:
    """An act by its identifier, or any act of a person by the keyed hash of hers."""
    return [
        f"the act {each} is there, which was said not to be kept"
        for each in refused
        if terminal.has_event(each) or terminal.acts_by_subject(each)
    ]


def _pictures_missing(state_dir: Path, agent: AgentStore, terminal: TerminalStore) -> list[str]:
    folder = PictureFolder(state_dir)
    return [
        f"the picture of the act {each.event_id} is lost"
        for each in terminal.pictured_after(0)
        if agent.picture(each.sha256) is None and agent.ack(each.event_id) is None and folder.read(each.sha256) is None
    ]
