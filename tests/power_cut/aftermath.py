"""What is found when the mains are back: every file opens, every chain is whole, nothing acknowledged is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from deploy.power_cut.cuts import cuts
from deploy.power_cut.record import Call, What
from offline.pictures import PictureFolder
from offline.status import read_status
from offline.store import AgentStore, TerminalStore
from offline.trouble import OfflineTrouble
from offline.wire.chain import Break
from tests.offline.ground import NOON

LATE_PAPER: Final = "cn.zhizhu.case.supplemented.v1"
WAITING_CASE: Final = "440981102999-20261128-00001"
"""The case for which every late paper of these lives is brought."""
_EVENTS_MOST: Final = 10_000


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


def replay(
    calls: Iterable[Call], *, states: int, chance: Random, place: Path, said: frozenset[What] = frozenset()
) -> Findings:
    """Cuts the power at `states` random calls of a record and looks at what is left; `place` is used up.

    `said`: only right after such a word of the watcher's, where it is soonest untrue.
    """
    found = Findings()
    for after in cuts(calls, states=states, chance=chance, place=place, said=said):
        found.states += 1
        found.acknowledged, found.refused = len(after.acknowledged), len(after.refused)
        trouble = look(after.folder, after.acknowledged, after.refused)
        found.wrong += [f"after call {after.point}: {each}" for each in trouble]
    return found


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
            *_halves(terminal),
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


def _halves(terminal: TerminalStore) -> list[str]:
    """A late paper is kept with the word on which case it is for, or not at all."""
    with_words = {name for name, _ in terminal.brought_for(WAITING_CASE)}
    return [
        f"the late paper {event.id} is there without its case"
        for event in terminal.events_after(0, _EVENTS_MOST)
        if event.type == LATE_PAPER and event.id not in with_words
    ]


def _pictures_missing(state_dir: Path, agent: AgentStore, terminal: TerminalStore) -> list[str]:
    folder = PictureFolder(state_dir)
    return [
        f"the picture of the act {each.event_id} is lost"
        for each in terminal.pictured_after(0)
        if agent.picture(each.sha256) is None and agent.ack(each.event_id) is None and folder.read(each.sha256) is None
    ]
