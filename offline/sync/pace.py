"""When to try again and how much to send at once: pure, so that a test can walk through a week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from offline.wire.batch import MAX_BATCH_EVENTS

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0
LONGEST_ORDERED_WAIT_S: Final = 3600.0
FIRST_BATCH: Final = 50
_MOST_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """How many failures in a row, and the size of the next batch."""

    failures: int = 0
    batch: int = FIRST_BATCH
    longest_wait_s: float = LONGEST_WAIT_S

    def succeeded(self) -> Pace:
        """After an answer: no waiting, and twice as much next time."""
        return replace(self, failures=0, batch=min(self.batch * 2, MAX_BATCH_EVENTS))

    def shrunk(self) -> Pace:
        """After a batch that was too much: half of it, at once."""
        return replace(self, batch=max(1, self.batch // 2))

    def failed(self) -> Pace:
        """After a failure: one more in a row, and half as much next time."""
        return replace(self.shrunk(), failures=self.failures + 1)

    def wait_s(self, chance: Random, retry_after_s: float | None = None) -> float:
        """How long to wait: doubling to a cap, in its upper half by chance; an order of the hub is obeyed, and spread.

        The jitter keeps a county's terminals from all coming back in the same second after a power cut.
        """
        if retry_after_s is not None:
            ordered = min(retry_after_s, LONGEST_ORDERED_WAIT_S)
            return ordered + chance.uniform(0, max(1.0, ordered * 0.1))
        if self.failures == 0:
            return 0.0
        ceiling = min(self.longest_wait_s, FIRST_WAIT_S * 2 ** min(self.failures - 1, _MOST_DOUBLINGS))
        return chance.uniform(ceiling / 2, ceiling)
