"""Several simulated devices in one process: `python -m deploy.devices KIND…`, one JSON line each, until it is ended.

A terminal's small devices idle most of the time; a process for each of them costs more than all of them do. What
computes (the cameras) is better in another: a camera before which nothing moves costs little, one that turns much.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import ExitStack

from drivers.simulation import simulate

CONTROL = "127.0.0.1:0"


def main(kinds: list[str]) -> None:
    """Until the process is told to end. Raises DeviceTrouble, UnknownKind."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    with ExitStack() as running:
        for kind in kinds:
            simulation = running.enter_context(simulate(kind).start(control=CONTROL))
            said = {"kind": kind, "link": simulation.link, "control": simulation.control}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
        ending.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
