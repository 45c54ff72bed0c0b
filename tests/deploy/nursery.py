"""Processes of tests: started cold as `zhizhu …`, or born of a warm process that has imported what they need.

Fifty runs then do not cost fifty starts of Python. The warm process only imports and reads the catalogue; it keeps
no file open and has one thread, so a child of it is as good as a fresh process: it runs the same
entry point as the installed program.

    python -m tests.deploy.nursery MODULE[:FUNCTION]…    # speaks JSON lines on standard input and output
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

PROGRAM: Final = Path(sys.executable).parent / "zhizhu"
WRITER: Final = "writer"
ROOMS: Final = ("deploy.command", "hub.commands", "hub.serve", "hub.hub:printed", "kiosk.agent.commands")
"""What hub and agent need; a function is called once, for what it then remembers."""


@dataclass(frozen=True)
class Birth:
    """What a process is to do, and where its words go."""

    words: tuple[str, ...]  # of `zhizhu`, or (WRITER, state directory, seed)
    log: Path  # standard error; standard output too, unless `says` is given
    hears: Path | None = None  # standard input
    says: Path | None = None  # standard output
    folder: Path | None = None  # where it stands


class Life(Protocol):
    """A process that runs."""

    @property
    def pid(self) -> int:
        """Its number, which is its own until `end` has returned."""

    def end(self) -> int:
        """Waits for its death; its exit code, negative for a signal."""


class Cold:
    """A process started from nothing, as an operator or systemd starts it."""

    def __init__(self, birth: Birth) -> None:
        with birth.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM), *birth.words], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> int:
        return self._process.wait(10)


@dataclass(frozen=True)
class Warm:
    """A child of the nursery."""

    nursery: Nursery
    pid: int

    def end(self) -> int:
        return self.nursery.reap(self.pid)


class Nursery:
    """The warm process, seen from the test."""

    def __init__(self, *needed: str) -> None:
        own = {"QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.deploy.nursery", *needed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **own, "OPENBLAS_NUM_THREADS": "1"},  # one thread, or forking would not be clean
        )

    def bear(self, birth: Birth) -> Warm:
        """A new process."""
        paths = {"log": birth.log, "hears": birth.hears, "says": birth.says, "folder": birth.folder}
        return Warm(self, self._ask({"words": birth.words, **{key: path and str(path) for key, path in paths.items()}}))

    def run(self, *words: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Runs `zhizhu WORDS…` to its end, as `subprocess.run` does."""
        with TemporaryDirectory() as place:
            said, log = Path(place) / "said", Path(place) / "log"
            said.touch()
            told = tuple(str(word) for word in words)
            code = self.bear(Birth(told, log, says=said, folder=folder)).end()
            return subprocess.CompletedProcess(
                told, code, said.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
            )

    def reap(self, pid: int) -> int:
        """Waits for the death of a child; its exit code."""
        return self._ask({"reap": pid})

    def close(self) -> None:
        """Ends the warm process; it takes its children with it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _ask(self, order: dict[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the nursery is gone"
        return int(answer)


def nurse(needed: Sequence[str]) -> None:
    """The warm process: bears and reaps as told; ends with its mother, and its children with it."""
    for name in needed:
        module, _, function = name.partition(":")
        found = importlib.import_module(module)
        if function:
            getattr(found, function)()
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208  (no paths are wanted)
    assert threads == 1, f"{threads} threads: a fork would not be clean"
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "reap" in order:
            code = os.waitstatus_to_exitcode(os.waitpid(order["reap"], 0)[1])
            children.discard(order["reap"])
            print(code, flush=True)
        elif (child := os.fork()) == 0:
            _live(order)
        else:
            children.add(child)
            print(child, flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _live(order: dict[str, Any]) -> None:
    """The child: takes its own input and output, then runs what it was born for; never returns."""
    code = 70
    try:
        said = os.open(order["log"] or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(order["hears"] or os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(order["says"], os.O_WRONLY) if order["says"] else said, 1)
        os.dup2(said, 2)
        os.chdir(order["folder"] or ".")
        run(tuple(order["words"] or ()))
        code = 0
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except Exception:
        logging.getLogger(__name__).exception("ended by itself")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # nothing of the nursery's own is to be tidied up here


def run(words: Sequence[str]) -> None:
    """The writer, or the program as its console script starts it."""
    if words[0] == WRITER:
        from tests.deploy.kill_writer import write

        write(Path(words[1]), Random(int(words[2])))
        return
    from deploy.command import main

    sys.argv = ["zhizhu", *words]
    main()


if __name__ == "__main__":
    nurse(sys.argv[1:])
