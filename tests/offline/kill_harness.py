"""Kills processes at random points and shows that nothing they acknowledged is gone.

The promise under test: a line `KEPT <id>` on the child's standard output comes only after the act is durable. The
harness reads these lines until it kills the child without warning, then asks a reader for everything that is there.

    python -m tests.offline.kill_harness --kills 50 --seed 7      # the store alone
    from tests.offline.kill_harness import Victim, acknowledged   # for other processes, with other children
"""

from __future__ import annotations

import argparse
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

from offline.store import TerminalStore, TerminalView
from offline.wire.chain import Head
from tests.offline.ground import APPLIED, ITEM, HubKeys, enrol

MARK: Final = b"KEPT "
START_WITHIN_S: Final = 30.0


@dataclass
class Victim:
    """A child process that says what it has acknowledged, and its violent end."""

    process: subprocess.Popen[bytes]
    said: bytes = b""

    @classmethod
    def start(cls, arguments: Sequence[str]) -> Victim:
        """Starts a child whose standard output carries `KEPT <id>` lines."""
        return cls(subprocess.Popen(arguments, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL))

    def live(self, acknowledgements: int, then_s: float) -> None:
        """Lets it acknowledge so much, then live on for a random moment that falls anywhere in its work."""
        self._read(monotonic() + START_WITHIN_S, acknowledgements)
        assert len(self.acknowledged()) >= acknowledgements, f"the child did not get to work: {self.said!r}"
        self._read(monotonic() + then_s, None)

    def kill(self) -> tuple[str, ...]:
        """`kill -9`; gives every identifier it had acknowledged, also those still in the pipe."""
        os.kill(self.process.pid, signal.SIGKILL)
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        self.process.stdout.close()
        assert self.process.wait(10) == -signal.SIGKILL
        return self.acknowledged()

    def acknowledged(self) -> tuple[str, ...]:
        """The identifiers of the whole lines heard so far."""
        whole = self.said.split(b"\n")[:-1]
        return tuple(line[len(MARK) :].decode() for line in whole if line.startswith(MARK))

    def _read(self, end: float, enough: int | None) -> None:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while (left := end - monotonic()) > 0 and (enough is None or len(self.acknowledged()) < enough):
                if selector.select(left):
                    piece = os.read(self.process.stdout.fileno(), 65536)
                    if not piece:
                        return
                    self.said += piece


def kept_in(state_dir: Path) -> tuple[str, ...]:
    """Every event of the terminal's file in order; fails unless the chain is whole."""
    view = TerminalView.open(state_dir)
    try:
        result = view.verify()
        assert isinstance(result, Head), f"the chain is broken: {result}"
        return tuple(_identifiers(view))
    finally:
        view.close()


def _identifiers(view: TerminalView) -> Iterator[str]:
    seq = 0
    while page := view.events_after(seq, 500):
        yield from (event.id for event in page)
        seq = page[-1].seq


class Nursery:
    """A warm process that bears writing children on demand, so that fifty deaths do not cost fifty starts of Python.

    It forks before any file is opened and while it has one thread, so a child is as good as a fresh process.
    """

    def __init__(self, state_dir: Path) -> None:
        command = [sys.executable, "-m", "tests.offline.kill_harness", "--bear", str(state_dir)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._said = b""

    def one_life(self, acknowledgements: int, then_s: float) -> tuple[str, ...]:
        """Bears a child, lets it acknowledge so much and live on for a moment, kills it; what it acknowledged."""
        assert self._process.stdin is not None
        self._said = b""
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        self._read(monotonic() + START_WITHIN_S, lambda: self._said.count(b"\n" + MARK) >= acknowledgements)
        born = self._said.split(b"\n", 1)[0].split()
        assert born[0] == b"BORN", self._said
        self._read(monotonic() + then_s, lambda: False)
        os.kill(int(born[1]), signal.SIGKILL)
        death = b"\nDEAD %d\n" % int(born[1])
        self._read(monotonic() + START_WITHIN_S, lambda: self._said.endswith(death))
        assert self._said.endswith(death), self._said
        whole = self._said[: -len(death) + 1].split(b"\n")[1:-1]
        return tuple(line[len(MARK) :].decode() for line in whole if line.startswith(MARK))

    def close(self) -> None:
        """Ends the warm process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(START_WITHIN_S)
        self._process.stdout.close()

    def _read(self, end: float, enough: Callable[[], bool]) -> None:
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not enough() and (left := end - monotonic()) > 0:
                if selector.select(left):
                    piece = os.read(self._process.stdout.fileno(), 65536)
                    assert piece, "the nursery is gone"
                    self._said += piece


def bear(state_dir: Path) -> None:
    """The warm process: a child for each line it is sent; reaps it, and says so after everything the child said."""
    while sys.stdin.buffer.readline():
        child = os.fork()
        if child == 0:
            os.write(sys.stdout.fileno(), b"BORN %d\n" % os.getpid())
            write_for_ever(state_dir)
        os.waitpid(child, 0)
        os.write(sys.stdout.fileno(), b"\nDEAD %d\n" % child)


def kill_writers(state_dir: Path, kills: int, chance: Random) -> tuple[int, int]:
    """Kills a writing child again and again; gives how many acts were acknowledged and how many are there."""
    acknowledged: list[str] = []
    nursery = Nursery(state_dir)
    try:
        for _ in range(kills):
            acknowledged += nursery.one_life(chance.randint(1, 6), chance.uniform(0, 0.03))
            there = kept_in(state_dir)
            known = set(acknowledged)
            assert known <= set(there), f"{len(known - set(there))} acknowledged acts are gone"
            assert [identifier for identifier in there if identifier in known] == acknowledged
    finally:
        nursery.close()
    return len(acknowledged), len(there)


def write_for_ever(state_dir: Path) -> None:
    """The child: keeps acts and settles slips until it is killed."""
    store = TerminalStore.open(state_dir)
    while True:
        kept = store.keep(APPLIED, {"item": ITEM, "applicant": {"name": "林月兰"}})
        _say(kept.id)
        _say(store.settle_slip(kept.id, "printed").id)


def _say(identifier: str) -> None:
    os.write(sys.stdout.fileno(), MARK + identifier.encode() + b"\n")


def main() -> None:
    """Runs the harness, or the child when asked to write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--bear", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if asked.write is not None:
        write_for_ever(asked.write)
    if asked.bear is not None:
        bear(asked.bear)
        return
    with tempfile.TemporaryDirectory(prefix="zhizhu-kill-") as place:
        enrol(Path(place), HubKeys())
        acknowledged, there = kill_writers(Path(place), asked.kills, Random(asked.seed))
    print(f"{asked.kills} kills: {acknowledged} acknowledged, {there} there, 0 lost, chain whole")


if __name__ == "__main__":
    main()
