"""Works timed in turns: small blocks, every work in each round, so that what else the machine does falls on all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Protocol


class Arm(Protocol):
    """Something to be timed."""

    def make_ready(self) -> None:
        """Before each block; not timed."""

    def work(self) -> None:
        """What is timed."""


class Rounds:
    """Seconds of each arm's work, block by block."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[list[float]]] = {}

    @classmethod
    def of(cls, arms: Mapping[str, Arm], *, rounds: int, block: int, budget_s: float, least: int) -> Rounds:
        """At most `rounds` rounds, fewer when `budget_s` is used up, but `least`; each in another order."""
        found, names = cls(), list(arms)
        ends = time.monotonic() + budget_s
        for n in range(rounds):
            if n >= least and time.monotonic() > ends:
                break
            for name in names[n % len(names) :] + names[: n % len(names)]:
                arms[name].make_ready()
                found._blocks.setdefault(name, []).append([_timed(arms[name].work) for _ in range(block)])
        return found

    @property
    def names(self) -> frozenset[str]:
        """The arms that were timed."""
        return frozenset(self._blocks)

    @property
    def count(self) -> int:
        """How many rounds there were."""
        return min((len(blocks) for blocks in self._blocks.values()), default=0)

    def times_quicker(self, name: str, than: str) -> float:
        """How many times as often `name` can be done as `than`: the median over the rounds of their blocks' medians."""
        pairs = zip(self._blocks[than], self._blocks[name], strict=True)
        return median(median(other) / median(own) for other, own in pairs)

    def middle_ms(self, name: str, of: int = 1) -> float:
        """The median of all, in milliseconds; of each where a work did several."""
        return round(median(each for block in self._blocks[name] for each in block) / of * 1000, 3)


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
