"""A real terminal process is replaced after a visit; the next resident is served by one that never met the first."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from typing import IO

import pytest

from deploy.journey.cards import photo_of
from deploy.journey.door import Door
from deploy.journey.world import World, until
from deploy.stage import Stage
from offline.status import read_status
from offline.wire.heartbeat import TerminalStatus
from seeds.people import People

PROGRAM = Path(sys.executable).parent / "zhizhu"
START_S = 90.0
WITHIN_S = 30.0
PEOPLE = People.load()
LIN, WU = PEOPLE["lin-yuelan"], PEOPLE["wu-guifang"]


@dataclass
class Hall:
    """A village hall: one headless terminal of a demo, and everything around it."""

    world: World
    door: Door
    state_dir: Path

    def lay(self, slug: str) -> None:
        self.world.lay(PEOPLE[slug], photo_of(slug))

    def status(self) -> TerminalStatus:
        return read_status(self.state_dir, datetime.now(UTC))

    def started(self) -> datetime:
        """When the process of now began; a terminal writes its first status soon after its first screen."""
        said = until(lambda: None if self.status().started else "no status", WITHIN_S)
        started = self.status().started
        assert started is not None, said
        return started

    def screen(self) -> str:
        return str(self.door.ask("screen"))

    def shows(self, wanted: str) -> None:
        said = until(lambda: None if wanted in self.screen() else self.screen(), WITHIN_S)
        assert said is None, said

    def pid(self) -> int:
        """The terminal's process, found by its words."""
        words = f"--config\0{self.state_dir.parent / 'terminal.toml'}\0--test-door".encode()
        found = [each for each in Path("/proc").glob("[0-9]*/cmdline") if words in _read(each)]
        (one,) = found
        return int(one.parent.name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended while we looked
        return b""


@pytest.fixture
def hall() -> Iterator[Hall]:
    """A demo whose terminal replaces itself after a second."""
    with subprocess.Popen(
        [str(PROGRAM), "demo", "--headless", "--set", "privacy.restart_idle_s=1", "--set", "status.write_s=1"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8", "ZHIZHU_MODELS": ""},
    ) as demo:
        lines: Queue[str] = Queue()
        assert demo.stdout is not None
        reader = threading.Thread(target=_tell, args=(demo.stdout, lines), daemon=True)
        reader.start()
        try:
            yield _hall(lines)
        finally:
            demo.terminate()
            demo.wait(30)
            reader.join(10)


def _tell(said: IO[str], lines: Queue[str]) -> None:
    for line in said:
        lines.put(line)
    lines.put("")


def _hall(lines: Queue[str]) -> Hall:
    while True:
        line = lines.get(timeout=START_S)
        assert line, "the demo ended"
        if (found := re.search(r"--config (\S+)", line)) is not None:
            stage = Stage.of(Path(found.group(1)))
            (place,) = stage.terminals
            return Hall(World(stage, place), Door(Path(place.door), WITHIN_S), Path(place.config).parent / "state")


def test_the_process_is_replaced_after_a_visit_and_the_next_resident_is_served(hall: Hall) -> None:
    hall.shows("attract")
    first, pid = hall.started(), hall.pid()
    hall.lay("lin-yuelan")
    hall.shows(LIN.name[0] + "*" + LIN.name[-1])
    assert _holds(pid, LIN.id_number) in (True, None)
    hall.world.lift()
    hall.door.ask("tap", what="finish")

    def replaced() -> str | None:
        status = hall.status()
        return None if status.started not in (None, first) else f"still the process of {first}: {status}"

    assert (said := until(replaced, WITHIN_S)) is None, said
    assert hall.pid() == pid  # the supervisor sees no end of it
    assert hall.status().sessions_clean == 1
    assert hall.status().sessions_unclean == 0
    assert _holds(pid, LIN.id_number) in (False, None)
    hall.shows("attract")
    hall.lay("wu-guifang")
    hall.shows(WU.name[0] + "*" + WU.name[-1])
    assert LIN.name[-1] not in hall.screen()


def test_a_card_left_on_the_reader_keeps_the_process_until_it_is_lifted(hall: Hall) -> None:
    hall.shows("attract")
    first = hall.started()
    hall.world.device("id_card", "POST", "/once_until_lifted", {"on": False})
    hall.lay("lin-yuelan")
    hall.shows("*")
    hall.door.ask("tap", what="finish")

    def searched() -> str | None:
        status = hall.status()
        return None if status.sessions_clean == 1 else f"not searched: {status}"

    assert (said := until(searched, WITHIN_S)) is None, said

    def stays() -> str | None:
        status = hall.status()
        return None if status.started != first else "stays"

    assert until(stays, 12.0) == "stays", (first, hall.status(), hall.screen())
    hall.world.lift()
    assert until(stays, WITHIN_S) is None


def _holds(pid: int, text: str) -> bool | None:
    """Whether the text stands in the memory of a process; None where nobody may look, as it should be."""
    wanted = (text.encode(), text.encode("utf-16-le"))
    try:
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
                span, rights, *_ = line.split()
                if not rights.startswith("rw"):
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                try:
                    memory.seek(start)
                    held = memory.read(end - start)
                except OSError:  # a mapping of the kernel's own
                    continue
                if any(each in held for each in wanted):
                    return True
    except PermissionError:
        return None
    return False
