"""The terminal's core, busy with what residents give besides words: several sealed attachments an act, late papers.

    python -m tests.power_cut.giver STATE_DIR VISITS SEED

Says each event's identifier on its standard output after the store has acknowledged it, and waits for a byte before it
goes on, as `writer` does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Final, cast

from kiosk.services.pictures import Pictures
from kiosk.services.roles import Slot
from offline.agent_store import PictureState
from offline.pictures import PictureFolder
from offline.store import AgentStore, Brings, Kept, TerminalStore
from offline.wire.batch import EventResult, EventStatus
from tests.offline.ground import APPLIED, ITEM, REGION, HubKeys
from tests.power_cut.aftermath import LATE_PAPER, WAITING_CASE
from tests.power_cut.writer import now, say

KINDS: Final = ("photo", "voice", "scan")
MOST_BYTES: Final = 60_000


def give(state_dir: Path, visits: int, chance: Random) -> None:
    """Visits, one after the other; some of what they gave is brought to the hub in between."""
    agent = AgentStore.open(state_dir)
    agent.enrol(HubKeys().reply(), REGION, now())
    terminal = TerminalStore.open(state_dir)
    pictures = Pictures(cast("Slot", None), state_dir, lambda _: None, deadline_s=1)  # whose camera is somebody else's
    for n in range(visits):
        names = [pictures.lay(chance.randbytes(chance.randrange(1, MOST_BYTES // 2)), MOST_BYTES) for _ in KINDS]
        if chance.random() < 0.3:
            pictures.drop(names.pop())  # she has taken it back
        given = [
            {"kind": kind, "sha256": name, "key": pictures.key(name)} for kind, name in zip(KINDS, names, strict=False)
        ]
        kept = terminal.keep(APPLIED, {"item": ITEM, "attachments": given}, pictures=names)
        say(kept.id)
        paper = pictures.lay(chance.randbytes(chance.randrange(1, MOST_BYTES // 2)), MOST_BYTES)
        brings = Brings(WAITING_CASE, f"paper-{n}", "收入证明")
        late = terminal.keep(LATE_PAPER, {"attachments": [paper]}, pictures=[paper], brings=brings)
        say(late.id)
        pictures.forget()
        if chance.random() < 0.5:
            _bring(state_dir, agent, kept, names)
    terminal.close()
    agent.close()


def _bring(state_dir: Path, agent: AgentStore, kept: Kept, names: list[str]) -> None:
    """As the agent does it: the attachments first, then the event; what the hub has is deleted here."""
    for name in names:
        agent.note_picture(kept.id, name, PictureState.BROUGHT, now())
    agent.acknowledge([(kept.seq, EventResult(id=kept.id, status=EventStatus.STORED))], now())
    for name in names:
        PictureFolder(state_dir).drop(name)


if __name__ == "__main__":
    give(Path(sys.argv[1]), int(sys.argv[2]), Random(int(sys.argv[3])))
