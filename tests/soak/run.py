"""Thousands of journeys with faults at random moments: `python -m tests.soak.run --journeys 2000 [--seed N] [--write]`.

The terminal's services and journey, the drivers, the simulators, the outbox and the database are the real ones; the
wires are in memory and the clock moves when it is waited for. Ends with 1 where a device stayed stuck, a slip was
called printed that is not on the paper, one came out twice, or the camera showed a visit before or said of itself what
is not so; the same seed does the same again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path
from typing import Final

from offline.wire.chain import Break
from tests.soak.village import Tally, Village

ROOT: Final = Path(__file__).resolve().parents[2]
TABLE: Final = ROOT / "drivers" / "SOAK.md"
TERMINAL_JOURNEYS: Final = 250
"""After so many a terminal is replaced by a new one, with another kind of reader."""


def soak(journeys: int, seed: int) -> Tally:
    """So many journeys at one terminal after the other; all that happened, added up."""
    whole = Tally()
    for number, first in enumerate(range(0, journeys, TERMINAL_JOURNEYS)):
        with tempfile.TemporaryDirectory(prefix="zhizhu-soak-") as folder:
            village = Village(Path(folder), seed * 1000 + number)
            try:
                for _ in range(min(TERMINAL_JOURNEYS, journeys - first)):
                    village.journey()
                if isinstance(village.chain(), Break):
                    village.tally.stuck.append("the chain is broken")
            finally:
                village.close()
            _add(whole, village.tally)
    return whole


def _add(whole: Tally, part: Tally) -> None:
    """Whatever a tally counts or lists adds up with `+`."""
    for each in fields(Tally):
        setattr(whole, each.name, getattr(whole, each.name) + getattr(part, each.name))


def table_of(tally: Tally, seed: int) -> str:
    """The result as the page that the documents show."""
    counts = (
        ("journeys", tally.journeys),
        ("applications kept", tally.kept),
        ("slips told printed", tally.printed),
        ("slips told not printed", tally.not_printed),
        ("slips told not knowable", tally.cannot_know),
        ("journeys left unfinished", tally.given_up),
        ("journeys that a power cut ended", tally.dark),
        ("face checks passed", tally.passed),
        ("face checks that failed or could not be", tally.failed),
        ("pictures taken for a later check", tally.pictures),
        ("camera frames looked at by the judge", tally.frames),
        ("faults that came true", sum(tally.faults.values())),
        ("**devices that stayed stuck**", len(tally.stuck)),
        ("**slips told printed that were not**", len(tally.false_printed)),
        ("**slips printed twice**", len(tally.double)),
        ("**pictures of a visit before, out of order or shown twice**", len(tally.stale)),
        ("**camera healths that were not so**", len(tally.false_health)),
    )
    lines = [
        "# Soak: journeys with faults at random moments",
        "",
        "Written by `python -m tests.soak.run --write`. Journey, services, drivers, simulators, outbox and database",
        "are the real ones; the wires are in memory and the clock moves only when somebody waits: hours pass in",
        "seconds. Faults begin and end whenever bytes move or a frame is taken; after each journey everything is",
        "mended, and what does not work by itself then counts as stuck: card reader, slip printer and face camera,",
        "which a visit uses, and the power supply, which can end one. The camera's pictures carry the number of their",
        "visit, and who looks at them stands in for the face models; its child process is played in this one.",
        "No real hardware has been seen.",
        "",
        f"Seed {seed}.",
        "",
        "| what | count |",
        "|---|---|",
        *(f"| {what} | {count} |" for what, count in counts),
        "",
        "| fault | times |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in sorted(tally.faults.items())),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--journeys", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--write", action="store_true", help=f"writes the table to {TABLE.name}")
    asked = parser.parse_args()
    seed = asked.seed or int.from_bytes(os.urandom(3), "big") + 1
    began = time.monotonic()
    tally = soak(asked.journeys, seed)
    page = table_of(tally, seed)
    if asked.write:
        TABLE.write_text(page, encoding="utf-8")
    print(page)
    for what in tally.wrong:
        print(what, file=sys.stderr)
    print(f"seed {seed}: {time.monotonic() - began:.0f} s, {'well' if tally.well else 'NOT WELL'}")
    return 0 if tally.well else 1


if __name__ == "__main__":
    sys.exit(main())
