"""Ten thousand power cuts, for the nightly run: `python -m tests.power_cut.run --states 10000 --seed 7`."""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.power_cut.aftermath import replay
from tests.power_cut.lives import busy_store, giving_store, real_terminal, troubled_store
from tests.power_cut.test_power_cut import RESIDENTS


def main() -> None:
    """A quarter of the cuts each hit the real terminal, a busy store, one to which much is given, and one whose disk
    fails at every call; then a store that flushes no commit must lose acts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, share = Random(asked.seed), asked.states // 4 + 1
    wrong: list[str] = []
    with TemporaryDirectory(prefix="zhizhu-cuts-") as folder:
        place = Path(folder)
        for name in ("terminal", "store", "given", "troubled", "unflushed"):
            (place / name).mkdir()
        lives = {
            "the real terminal": real_terminal(place / "terminal", RESIDENTS * 2),
            "a busy store": busy_store(place / "store", 200, asked.seed),
            "a store with several attachments an act": giving_store(place / "given", 60, asked.seed),
            "a store on a failing disk": troubled_store(place / "troubled", asked.seed),
        }
        for name, record in lives.items():
            found = replay(record, states=share, chance=chance, place=place / "after")
            print(f"{name}: {len(record)} calls recorded, {found}", flush=True)
            wrong += found.wrong
        record = busy_store(place / "unflushed", 40, asked.seed, flush_commits=False)
        found = replay(record, states=200, chance=chance, place=place / "after")
        lost = sum("is lost" in each for each in found.wrong)
        print(f"a store with synchronous=NORMAL: {found.states} states, {lost} times an acknowledged act was lost")
    for each in wrong[:20]:
        print(each)
    if wrong or not lost:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
