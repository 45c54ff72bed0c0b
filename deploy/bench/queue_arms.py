"""A queue as it is timed: opened anew before each block, as a terminal is after each visitor, or in use for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.bench.queue import AckQueue, Queue
from offline.sync.pace import FIRST_BATCH

STEP: Final = 50
"""Between two looks at the length of a log."""
STILL: Final = 5
"""So many looks at the same length mean that it no longer grows: one that was made long at once is full by then."""


class Put:
    """An item put."""

    def __init__(self, opened: Callable[[], Queue], *, renewed: bool) -> None:
        self._opened, self._renewed = opened, renewed
        self.queue = opened()
        self.openings_s = list[float]()

    def make_ready(self) -> None:
        """A new log, where that is wanted: it is gone at the close, and grows from nothing."""
        if self._renewed:
            self.queue.close()
            began = time.perf_counter()
            self.queue = self._opened()
            self.openings_s.append(time.perf_counter() - began)

    def work(self) -> None:
        """See Arm."""
        self.queue.put()

    def close(self) -> None:
        """Closes the queue."""
        self.queue.close()


class PutAndAcknowledge(Put):
    """An item put, taken and acknowledged, for good each; nothing else waits."""

    def make_ready(self) -> None:
        """See Put; what was acknowledged is cleared where that is the user's task."""
        self.queue.tidy()
        super().make_ready()

    def work(self) -> None:
        """See Arm."""
        assert isinstance(self.queue, AckQueue)
        self.queue.put()
        self.queue.acknowledge()


class PutAndDrain(PutAndAcknowledge):
    """As many items put, one by one, as the agent takes at once; then all acknowledged, as each queue can."""

    def work(self) -> None:
        """See Arm."""
        assert isinstance(self.queue, AckQueue)
        for _ in range(FIRST_BATCH):
            self.queue.put()
        self.queue.drain()


def use_for_long(arm: Put, folder: Path, *, most: int, budget_s: float) -> None:
    """Works until the logs no longer grow but are written over, or it was enough."""
    ends, lengths = time.monotonic() + budget_s, list[int]()
    for n in range(most):
        arm.work()
        if n % STEP == STEP - 1:
            lengths.append(sum(log.stat().st_size for log in folder.glob("*-wal")))
            still = len(lengths) >= STILL and len(set(lengths[-STILL:])) == 1
            if still or time.monotonic() > ends:
                return
