"""Lives to be cut: a busy store, and the real terminal with screen, agent, hub and residents; each leaves a record."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from deploy.journey.world import until
from deploy.power_cut.record import Call, What, acknowledge, read_record, refuse
from deploy.power_cut.recorded import recorded as record_of
from deploy.power_cut.shim import Fails, Shim
from offline.store import AgentView
from tests.deploy.hall import PEOPLE, WITHIN_S, Hall, open_hall
from tests.deploy.visits import KEPT, code_on_screen, event_of, up_to_confirm

STORE: Final = "/terminal.db"
IN_DOUBT: Final = "说不准"
FAILED: Final = "没能保存"
FULL: Final = "存满"


def busy_store(place: Path, events: int, seed: int, *, flush_commits: bool = True) -> tuple[Call, ...]:
    """The store alone, in a process of its own; `flush_commits` False is synchronous=NORMAL."""
    words = (str(events), str(seed), *(() if flush_commits else ("NORMAL",)))
    return recorded(place, "tests.power_cut.writer", *words)


def giving_store(place: Path, visits: int, seed: int) -> tuple[Call, ...]:
    """The store and the folder of attachments: applications that carry several, and late papers."""
    return recorded(place, "tests.power_cut.giver", str(visits), str(seed))


def recorded(place: Path, module: str, *words: str) -> tuple[Call, ...]:
    """The life of `python -m module STATE_DIR words…`, which waits for a byte after each act it acknowledges."""
    state_dir = place / "watched" / "state"
    state_dir.mkdir(parents=True)
    return record_of([module, str(state_dir), *words], place, state_dir)


def troubled_store(place: Path, seed: int, *how: str) -> tuple[Call, ...]:
    """The store on a disk that fails at every place once; `how` it is a worse one: see troubled_writer."""
    state_dir = place / "watched" / "state"
    state_dir.mkdir(parents=True)
    shim = Shim.build(place, state_dir)
    words = [str(state_dir), str(shim.record), str(shim.fault), str(seed), *how]
    said = subprocess.run(
        [sys.executable, "-m", "tests.power_cut.troubled_writer", *words],
        env={**os.environ, **shim.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    print(said.stdout.strip())
    return tuple(read_record(shim.record))


def real_terminal(place: Path, residents: tuple[str, ...]) -> tuple[Call, ...]:
    """The real terminal: a visit ends when 已保存 and the claim code are to be read; the mains go once."""
    with TemporaryDirectory(prefix="zhizhu-cut-") as watched:  # a short name: the test door's socket lies below it
        shim = Shim.build(place, Path(watched))
        record = shim.record
        around = {**shim.environment, "TMPDIR": watched}
        with open_hall("privacy.restart_idle_s=0", environment=around) as hall:
            codes: list[str] = []
            for n, resident in enumerate(residents):
                codes.append(code := visit(hall, resident))
                acknowledge(record, code)
                hall.touch("finish")
                if n == len(residents) // 2:
                    hall.world.stage("/power_cut")
            events = {code: event_of(hall.state_dir, code) for code in codes}
            below = f"{hall.state_dir.relative_to(shim.folder)}/"
    return tuple(_below(read_record(record), below, events))


def troubled_terminal(place: Path) -> tuple[Call, ...]:
    """The real terminal on a disk that breaks and fills up; each resident believes what the screen says."""
    with TemporaryDirectory(prefix="zhizhu-cut-") as watched:
        shim = Shim.build(place, Path(watched))
        around = {**shim.environment, "TMPDIR": watched}
        with open_hall("privacy.restart_idle_s=0", environment=around) as hall:
            began = hall.started()
            codes = [_hears(hall, shim, "lin-yuelan", IN_DOUBT, Fails.SYNCS, errno.EIO, only=STORE)]
            _hears_and_leaves(hall, shim, "chen-deshui", FAILED, Fails.SYNCS, errno.EIO, only=STORE, times=1)
            _hears_and_leaves(hall, shim, "pan-jinfeng", FULL, Fails.WRITES, errno.ENOSPC, only="/state/")
            codes.append(visit(hall, "huang-axing"))
            acknowledge(shim.record, codes[-1])
            assert hall.started() == began  # and nothing of it took the terminal down
            events = {code: event_of(hall.state_dir, code) for code in codes}
            with closing(AgentView.open(hall.state_dir)) as agent:  # nor the agent
                sent = until(lambda: None if all(map(agent.ack, events.values())) else "not sent", WITHIN_S)
            assert sent is None
            below = f"{hall.state_dir.relative_to(shim.folder)}/"
    return tuple(_below(read_record(shim.record), below, events))


def _hears(hall: Hall, shim: Shim, resident: str, said: str, *fault: Any, **names: Any) -> str:
    """What is said while the disk fails, and that it is kept when tried again on a disk that is well; the code."""
    up_to_confirm(hall, resident)
    _confirm(hall, shim, said, *fault, **names)
    shim.heal()
    hall.touch("retry")
    hall.shows(KEPT)
    code = code_on_screen(hall.screen())
    assert code is not None, hall.screen()
    acknowledge(shim.record, code)
    hall.touch("finish")
    return code


def _hears_and_leaves(hall: Hall, shim: Shim, resident: str, said: str, *fault: Any, **names: Any) -> None:
    """What is said while the disk fails; the resident believes it and goes, and the disk is well again."""
    with closing(AgentView.open(hall.state_dir)) as agent:
        subject = agent.enrolled().subject_of(PEOPLE[resident].id_number)
    up_to_confirm(hall, resident)
    _confirm(hall, shim, said, *fault, **names)
    refuse(shim.record, subject)
    hall.touch("home")
    hall.touch("finish")
    hall.shows("'attract'")
    shim.heal()


def _confirm(hall: Hall, shim: Shim, said: str, *fault: Any, **names: Any) -> None:
    shim.fail(*fault, **names)
    hall.touch("confirm")
    hall.shows(said)
    others = {IN_DOUBT, FAILED, FULL, KEPT} - {said}
    assert not [each for each in others if each in hall.screen()]


def visit(hall: Hall, resident: str) -> str:
    """One application from the card to 已保存; the claim code as it stands on the screen."""
    up_to_confirm(hall, resident)
    hall.touch("confirm")
    hall.shows(KEPT)
    code = code_on_screen(hall.screen())
    assert code is not None, hall.screen()
    return code


def _below(calls: Iterator[Call], folder: str, events: dict[str, str]) -> Iterator[Call]:
    """What happened to the files below a folder, named from there; the acknowledged claim codes become events."""
    files: set[int] = set()
    for call in calls:
        if call.what is What.ACKNOWLEDGED:
            yield replace(call, name=events[call.name])
        elif call.what is What.REFUSED:
            yield call
        elif call.what in (What.WRITE, What.TRUNCATE, What.SYNC, What.FAILED_SYNC):
            if call.file in files:
                yield call
        elif call.what is What.UNLINK and call.name == f"{folder}agent.db":
            return  # no terminal does that: it is the demo, which takes its village away
        elif f"{call.name}/".startswith(folder) or call.other.startswith(folder):
            if call.what is What.CREATE:
                files.add(call.file)
            yield replace(call, name=call.name[len(folder) :], other=call.other[len(folder) :])
        elif call.what is What.CREATE:
            files.discard(call.file)
