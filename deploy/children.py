"""The processes of a demo: started tied to their parent, watched, and ended with it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Final

from deploy.trouble import RoofTrouble

PROGRAM: Final = Path(sys.executable).parent / "zhizhu"
START_S: Final = 60.0
END_S: Final = 5.0
MOST_LOG_BYTES: Final = 2000


@dataclass
class Child:
    """One running process with its log."""

    name: str
    process: subprocess.Popen[str]
    log: Path
    lines: Queue[str] = field(default_factory=Queue)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def says(self, within_s: float = START_S) -> dict[str, object]:
        """The next line of its standard output that is a JSON object."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            try:
                line = self.lines.get(timeout=0.2)
            except Empty:
                if not self.alive:
                    break
                continue
            if line.startswith("{"):
                said = json.loads(line)
                assert isinstance(said, dict)
                return said
        raise RoofTrouble(f"{self.name} 没有启动：{self.last_words()} {self.name} did not start.", f"看 See {self.log}")

    def last_words(self) -> str:
        """The end of its log, for the person who must find out why."""
        with contextlib.suppress(OSError):
            return self.log.read_text(encoding="utf-8", errors="replace")[-MOST_LOG_BYTES:].strip()
        return ""

    def kill(self) -> None:
        """SIGKILL, as a power cut: nothing is flushed, nothing said."""
        self.process.kill()
        self.process.wait(END_S)

    def end(self) -> None:
        """SIGTERM, and SIGKILL for one that does not listen."""
        if not self.alive:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()


class Children:
    """Every process of one demo."""

    def __init__(self, logs: Path, environment: dict[str, str]) -> None:
        self._logs = logs
        self._environment = {**os.environ, **environment}
        self._running: dict[str, Child] = {}

    def start(self, name: str, *command: str, program: Sequence[str] = (str(PROGRAM),)) -> Child:
        """Starts `zhizhu COMMAND…` (or another program) tied to this process.

        The kernel watches the *thread* that starts a child (prctl(2)), so call this from the main thread only.
        """
        assert threading.current_thread() is threading.main_thread()
        log = self._logs / f"{name}.log"
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.tether", str(os.getpid()), *program, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=self._environment,
            )
        child = Child(name, process, log)
        threading.Thread(target=_read, args=(child,), name=f"read {name}", daemon=True).start()
        self._running[name] = child
        return child

    def run(self, *command: str) -> str:
        """Runs `zhizhu COMMAND…` to its end and returns what it printed."""
        done = subprocess.run(
            [str(PROGRAM), *command],
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
            env=self._environment,
        )
        if done.returncode:
            raise RoofTrouble(
                f"zhizhu {' '.join(command[:2])} 失败：{done.stderr.strip()[-MOST_LOG_BYTES:]}",
                "改正后重试。Mend this and try again.",
            )
        return done.stdout

    def kill(self, *names: str) -> None:
        """Cuts the power of these at once."""
        for name in names:
            self._running[name].process.kill()
        for name in names:
            self._running.pop(name).process.wait(END_S)

    def fallen(self) -> Child | None:
        """A child that ended by itself, if there is one."""
        return next((child for child in self._running.values() if not child.alive), None)

    def end(self) -> None:
        """Ends them all, the youngest first."""
        for child in reversed(list(self._running.values())):
            child.end()
        self._running.clear()


def _read(child: Child) -> None:
    assert child.process.stdout is not None
    with child.process.stdout as said:
        for line in said:
            child.lines.put(line)
