"""Cases are decided by a process that serves nobody, and it ends well when it is asked to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from deploy.journey.world import until
from hub.hub import Hub
from hub.tables import Case
from seeds.people import People
from tests.hub.running import FakeTerminal

PROGRAM = (sys.executable, "-c", "from hub.commands import hub; hub()")
WITHIN_S = 60.0


def test_a_worker_beside_a_hub_that_only_serves_decides_what_was_stored(
    hub: Hub, terminal: FakeTerminal, people: People, tmp_path: Path
) -> None:
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))

    def undecided() -> str | None:
        with hub.database.reading() as session:
            state = session.scalars(select(Case.state)).one()
        return None if state != "received" else state

    assert undecided() is not None, "a hub that only serves decides nothing"
    where = ("--database", hub.database.url, "--state", str(tmp_path))
    with subprocess.Popen([*PROGRAM, "decide", *where], stderr=subprocess.PIPE, text=True) as worker:
        said = until(undecided, WITHIN_S)
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=WITHIN_S)
    assert said is None, errors
    assert (worker.returncode, errors) == (0, "")


def test_a_worker_says_what_it_lacks(tmp_path: Path) -> None:
    where = ("--database", f"sqlite:///{tmp_path / 'none.db'}", "--state", str(tmp_path))
    done = subprocess.run([*PROGRAM, "decide", *where], capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert (done.returncode, "zhizhu hub migrate" in done.stderr) == (1, True)
