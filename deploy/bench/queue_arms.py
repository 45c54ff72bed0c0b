"""A queue as it is timed: opened anew before each block, as a terminal is after each visitor, or in use for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.bench.queues import AckQueue, Queue

STEP: Final = 50
"""Between two looks at the length of a log."""


class Put:
    """An item put."""

    def __init__(self, opened: Callable[[], Queue], *, renewed: bool) -> None:
        self._opened, self._renewed = opened, renewed
        self.queue = opened()

    def make_ready(self) -> None:
        """A new log, where that is wanted: it is gone at the close, and grows from nothing."""
        if self._renewed:
            self.queue.close()
            self.queue = self._opened()

    def work(self) -> None:
        """See Arm."""
        self.queue.put()

    def close(self) -> None:
        """Closes the queue."""
        self.queue.close()


class PutAndAcknowledge(Put):
    """An item put, taken and acknowledged, for good each."""

    def make_ready(self) -> None:
        """Empty too, so that the item taken is the one put."""
        self.queue.tidy()
        super().make_ready()

    def work(self) -> None:
        """See Arm."""
        assert isinstance(self.queue, AckQueue)
        self.queue.put()
        self.queue.acknowledge()


def use_for_long(arm: Put, folder: Path, *, most: int, budget_s: float) -> None:
    """Works until the logs no longer grow but are written over, or it was enough."""
    ends, length = time.monotonic() + budget_s, -1
    for n in range(most):
        arm.work()
        if n % STEP == STEP - 1:
            before, length = length, sum(log.stat().st_size for log in folder.glob("*-wal"))
            if length == before or time.monotonic() > ends:
                return
