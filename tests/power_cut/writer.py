"""The terminal's core without its screen, busy: acts kept, slips settled, answers taken, logs brought home.

    python -m tests.power_cut.writer STATE_DIR EVENTS SEED [NORMAL]

Says each event's identifier on its standard output after the store has acknowledged it, and waits for a byte before it
goes on. NORMAL opens the files as nobody should: without a flush at each commit.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

from offline import database
from offline.store import AgentStore, TerminalStore
from offline.wire.batch import EventResult, EventStatus
from offline.wire.changes import AnswerBody, Change
from tests.offline.ground import APPLIED, ITEM, REGION, HubKeys

FLUSH_EVERY: Final = 17


def write(state_dir: Path, events: int, chance: Random) -> None:
    """A terminal's life, from enrolment to a well-ordered end."""
    agent = AgentStore.open(state_dir)
    agent.enrol(HubKeys().reply(), REGION, now())
    terminal = TerminalStore.open(state_dir)
    for n in range(events):
        kept = terminal.keep(
            APPLIED,
            {"item": ITEM, "applicant": {"name": "林月兰", "noise": chance.randbytes(chance.randrange(3000)).hex()}},
        )
        say(kept.id)
        say(terminal.settle_slip(kept.id, "printed").id)
        if chance.random() < 0.5:
            agent.acknowledge([(kept.seq, EventResult(id=kept.id, status=EventStatus.STORED))], now())
            body = AnswerBody(event_id=kept.id, state="received").model_dump(mode="json")
            agent.accept(n + 1, [Change(n=n + 1, kind="answer", body=body)], now())
        if n % FLUSH_EVERY == FLUSH_EVERY - 1:
            terminal.flush()
    terminal.close()
    agent.close()


def flush_no_commit() -> None:
    """synchronous=NORMAL, whatever the store asks for; what it reads back is told to be what it wants."""
    durable = database._make_durable

    def normal(conn: Any, name: str) -> None:
        durable(conn, name)
        conn.execute("PRAGMA synchronous = NORMAL")

    database._make_durable = normal


def say(identifier: str) -> None:
    os.write(1, identifier.encode() + b"\n")
    os.read(0, 1)


def now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    if sys.argv[4:] == ["NORMAL"]:
        flush_no_commit()
    write(Path(sys.argv[1]), int(sys.argv[2]), Random(int(sys.argv[3])))
