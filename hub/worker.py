"""Decides cases in a process of its own, beside any number of processes that serve and do not decide."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

from hub.database import speaking
from hub.decisions import DecisionWorker
from hub.hub import open_hub
from hub.settings import HubSettings


def run(url: str, state_dir: Path, settings: HubSettings) -> None:
    """Works until a signal comes; the case in hand is finished first."""
    hub = open_hub(url, state_dir, settings)
    worker = DecisionWorker(hub)

    def end(_signal: int, _frame: FrameType | None) -> None:
        worker.end()

    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, end)
    try:
        with speaking(url):
            worker.run()
    finally:
        hub.database.close()
