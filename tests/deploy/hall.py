"""A village hall for tests: one headless terminal of a demo in a process of its own, and everything around it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from types import MappingProxyType
from typing import IO, Final

from deploy.journey.cards import photo_of
from deploy.journey.door import Door
from deploy.journey.world import World, until
from deploy.stage import Stage
from deploy.trouble import RoofTrouble
from offline.status import read_status
from offline.wire.heartbeat import TerminalStatus
from seeds.people import People

PROGRAM: Final = Path(sys.executable).parent / "zhizhu"
START_S: Final = 180.0
WITHIN_S: Final = 30.0
SOON: Final = "idle.take_card_s=3"
"""Whoever leaves is not asked for the card as long as in a village; a setting of the test's own comes after it."""
PEOPLE: Final = People.load()


@dataclass(frozen=True)
class Hall:
    """What a person does and sees there, and what lies in the terminal's folder."""

    world: World
    door: Door
    state_dir: Path

    def lay(self, slug: str) -> None:
        """This person's card, in place of whatever lies there."""
        self.world.lay(PEOPLE[slug], photo_of(slug))

    def touch(self, what: str) -> None:
        """A finger on something that is there, or comes."""
        said = until(lambda: self._refused(what), WITHIN_S)
        assert said is None, (said, self.screen())

    def touch_one_of(self, *choices: str) -> str:
        """A finger on the first of these that is there, or comes; says which it was."""
        touched: list[str] = []

        def refused() -> str | None:
            for what in choices:
                if (said := self._refused(what)) is None:
                    touched.append(what)
                    return None
            return said

        said = until(refused, WITHIN_S)
        assert said is None, (said, self.screen())
        return touched[0]

    def _refused(self, what: str) -> str | None:
        try:
            self.door.ask("tap", what=what)
        except RoofTrouble as trouble:
            return str(trouble)
        return None

    def status(self) -> TerminalStatus:
        """The terminal in its own words."""
        return read_status(self.state_dir, datetime.now(UTC))

    def started(self) -> datetime:
        """When the process of now began; a terminal writes its first status soon after its first screen."""
        said = until(lambda: None if self.status().started else "no status", WITHIN_S)
        started = self.status().started
        assert started is not None, said
        return started

    def screen(self) -> str:
        """All that is to be read, in one text."""
        return str(self.door.ask("screen"))

    def shows(self, wanted: str) -> None:
        """Returns when this is to be read."""
        said = until(lambda: None if wanted in self.screen() else self.screen(), WITHIN_S)
        assert said is None, said

    def pid(self) -> int:
        """The terminal's process, found by its words."""
        words = f"--config\0{self.state_dir.parent / 'terminal.toml'}\0--test-door".encode()
        found = [each for each in Path("/proc").glob("[0-9]*/cmdline") if words in _read(each)]
        (one,) = found
        return int(one.parent.name)


@contextmanager
def open_hall(*settings: str, environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[Hall]:
    """A hall whose terminal runs with these settings, and all of it with this besides; everything ends with it."""
    words = [word for each in (SOON, *settings) for word in ("--set", each)]
    with subprocess.Popen(
        [str(PROGRAM), "demo", "--headless", "--no-models", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8", **environment},
    ) as demo:
        lines: Queue[str] = Queue()
        assert demo.stdout is not None
        reader = threading.Thread(target=_tell, args=(demo.stdout, lines), daemon=True)
        reader.start()
        try:
            hall = _hall(lines)
            with closing(hall.world):
                yield hall
        finally:
            demo.terminate()
            demo.wait(START_S)
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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended while we looked
        return b""
