"""Coverage-guided fuzzing of every decoder: `python -m tests.fuzz.run --runs 50000 [--seed N] [TARGET …]`.

Each target runs in a process of its own, two at a time, under libFuzzer's bounds on time and memory. They are children
of this one, which has imported and instrumented everything once. Prints one JSON line a target and ends with 1 where
one fell; the input that felled it is printed as hexadecimal.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import wait
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

INPUT_BYTES_MAX: Final = 3000
SLOWEST_INPUT_S: Final = 10
MEMORY_MB: Final = 1024
AT_ONCE: Final = 2
# one thread, or forking would not be clean; one order of sets, or a seed would not tell the same again
SETTLED: Final[Mapping[str, str]] = MappingProxyType({"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"})
_DONE: Final = re.compile(r"Done (\d+) runs? in")
_COVERED: Final = re.compile(r"cov: (\d+)")
_FORK: Final = multiprocessing.get_context("fork")


def instrumented() -> ModuleType:
    """The targets, with everything they reach watched by the fuzzer."""
    import atheris

    with atheris.instrument_imports(include=["drivers", "offline", "tests.fuzz"]):
        from tests.fuzz import targets
    return targets


class Run:
    """One target at work in a child process."""

    def __init__(self, targets: ModuleType, name: str, runs: int, seed: int, deadline_s: float) -> None:
        self._name, self._runs, self._seed = name, runs, seed
        self._folder = tempfile.TemporaryDirectory(prefix="zhizhu-fuzz-")
        place = Path(self._folder.name)
        self._felled, corpus, self._log = place / "felled", place / "corpus", place / "log"
        self._felled.mkdir()
        corpus.mkdir()
        for number, seed_input in enumerate(targets.seeds(name)):
            (corpus / str(number)).write_bytes(seed_input)
        flags = [
            *(f"-runs={runs}", f"-seed={seed}", f"-max_len={INPUT_BYTES_MAX}", f"-timeout={SLOWEST_INPUT_S}"),
            *(f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={self._felled}/", "-verbosity=1", str(corpus)),
        ]
        self._began = time.monotonic()
        self._end = self._began + deadline_s
        self._process = _FORK.Process(target=_fuzz_here, args=(targets, name, flags, self._log))
        self._process.start()

    @property
    def sentinel(self) -> int:
        """Ready when the child has ended."""
        return self._process.sentinel

    @property
    def left_s(self) -> float:
        """How long it may still take."""
        return max(0.0, self._end - time.monotonic())

    def result(self) -> dict[str, object]:
        """How it went; a child whose time is over is killed."""
        self._process.join(0 if self.left_s == 0 else None)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        told = self._log.read_text(encoding="utf-8", errors="replace")
        counted = _DONE.search(told)
        felled = [path.read_bytes().hex() for path in sorted(self._felled.iterdir())]
        self._folder.cleanup()
        ran = int(counted[1]) if counted else 0
        well = self._process.exitcode == 0 and ran >= self._runs and not felled
        result: dict[str, object] = {
            "target": self._name,
            "runs": ran,
            "covered": max((int(found) for found in _COVERED.findall(told)), default=0),
            "seed": self._seed,
            "seconds": round(time.monotonic() - self._began, 1),
            "ok": well,
        }
        return result if well else result | {"input": felled[:1], "said": told[-2000:]}


def _fuzz_here(targets: ModuleType, name: str, flags: list[str], log: Path) -> None:
    """Runs one target in this process until libFuzzer ends it."""
    import atheris

    with log.open("wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    target = {**targets.TARGETS, **targets.PLANTED}[name]

    def one(data: bytes) -> None:
        held = target(data)
        if held > targets.HELD_MAX:
            raise AssertionError(f"{name} still holds {held} bytes")

    atheris.Setup([sys.argv[0], *flags], one)
    try:
        atheris.Fuzz()
    except SystemExit as end:
        # libFuzzer writes the input down when the process exits, and multiprocessing would end it without that
        ctypes.CDLL(None).exit(end.code if isinstance(end.code, int) else 1)


def fuzzed(
    targets: ModuleType, names: list[str], runs: int, seed: int, deadline_s: float
) -> Iterator[dict[str, object]]:
    """The results of these targets, as they end."""
    waiting, running = list(names), list[Run]()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            running.append(Run(targets, waiting.pop(0), runs, seed, deadline_s))
        ended = wait([run.sentinel for run in running], min(run.left_s for run in running))
        over = [run for run in running if run.sentinel in ended or run.left_s == 0]
        running = [run for run in running if run not in over]
        for run in over:
            yield run.result()


def main(words: list[str] | None = None, load: Callable[[], ModuleType] = instrumented) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--runs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--deadline", type=float, default=7200.0, metavar="S", help="for each target")
    asked = parser.parse_args(words)
    targets = load()
    unknown = set(asked.targets) - {*targets.TARGETS, *targets.PLANTED}
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(targets.TARGETS)}")
    seed = asked.seed or int.from_bytes(os.urandom(3), "big") + 1
    well = True
    for result in fuzzed(targets, asked.targets or list(targets.TARGETS), asked.runs, seed, asked.deadline):
        print(json.dumps(result, ensure_ascii=False), flush=True)
        well &= result["ok"] is True
    return 0 if well else 1


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in SETTLED.items()):
        os.execve(sys.executable, [sys.executable, "-m", "tests.fuzz.run", *sys.argv[1:]], {**os.environ, **SETTLED})
    sys.exit(main())
