"""Coverage-guided fuzzing of every decoder: `python -m tests.fuzz.run --runs 50000 [--seed N] [TARGET …]`.

Each target runs in a process of its own, two at a time, under libFuzzer's bounds on time and memory. Prints one JSON
line a target and ends with 1 where one fell; the input that felled it is printed as hexadecimal.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

INPUT_BYTES_MAX: Final = 3000
SLOWEST_INPUT_S: Final = 10
MEMORY_MB: Final = 1024
_DONE: Final = re.compile(r"Done (\d+) runs? in")
_COVERED: Final = re.compile(r"cov: (\d+)")


def fuzz_here(name: str, flags: list[str]) -> None:
    """Runs one target in this process until libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["drivers", "offline", "tests.fuzz"]):
        from tests.fuzz.targets import HELD_MAX, PLANTED, TARGETS
    target = {**TARGETS, **PLANTED}[name]

    def one(data: bytes) -> None:
        held = target(data)
        if held > HELD_MAX:
            raise AssertionError(f"{name} still holds {held} bytes")

    atheris.Setup([sys.argv[0], *flags], one)
    atheris.Fuzz()


def fuzz(name: str, runs: int, seed: int, deadline_s: float) -> dict[str, object]:
    """Runs one target in a child; says how it went."""
    from tests.fuzz.targets import seeds

    with tempfile.TemporaryDirectory(prefix="zhizhu-fuzz-") as folder, tempfile.TemporaryDirectory() as corpus:
        for number, seed_input in enumerate(seeds(name)):
            Path(corpus, str(number)).write_bytes(seed_input)
        flags = [
            *(f"-runs={runs}", f"-seed={seed}", f"-max_len={INPUT_BYTES_MAX}", f"-timeout={SLOWEST_INPUT_S}"),
            *(f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={folder}/", "-verbosity=1", corpus),
        ]
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.run", "--child", name, "--", *flags],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=deadline_s,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        told = done.stdout + done.stderr
        counted = _DONE.search(told)
        felled = [path.read_bytes().hex() for path in sorted(Path(folder).iterdir())]
    ran = int(counted[1]) if counted else 0
    well = done.returncode == 0 and ran >= runs and not felled
    result: dict[str, object] = {
        "target": name,
        "runs": ran,
        "covered": max((int(found) for found in _COVERED.findall(told)), default=0),
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        "ok": well,
    }
    if not well:
        result |= {"input": felled[:1], "said": told[-2000:]}
    return result


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--runs", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--deadline", type=float, default=7200.0, metavar="S", help="for each target")
    parser.add_argument("--child")
    asked, flags = parser.parse_known_args()
    if asked.child:
        fuzz_here(asked.child, [*asked.targets, *flags])
        return 0
    from tests.fuzz.targets import PLANTED, TARGETS

    unknown = set(asked.targets) - {*TARGETS, *PLANTED}
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    seed = asked.seed or int.from_bytes(os.urandom(3), "big") + 1
    names = asked.targets or list(TARGETS)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda name: fuzz(name, asked.runs, seed, asked.deadline), names))
    for result in results:
        print(json.dumps(result, ensure_ascii=False))
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
