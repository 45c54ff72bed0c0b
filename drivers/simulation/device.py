"""What simulated devices have in common: faults that begin, repeat and end, delay, quality, and named situations."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar, Final

from fastapi import APIRouter

UNPLUGGED: Final = "unplugged"
DELAY_S_MAX: Final = 60.0
TIMES_MAX: Final = 1_000_000


class NotPossible(ValueError):
    """A control request that this device cannot answer; the text says what it can."""


@dataclass(frozen=True)
class Situation:
    """Something that happens in village halls, by name: its faults all begin after `after` operations went well."""

    title: str
    """Chinese, for the dock and whoever reads the door's own documentation."""
    faults: tuple[str, ...]
    after: int = 0


@dataclass(frozen=True)
class _Plan:
    """Which of the coming operations fail: every `every`-th of the next `left` (None: for ever)."""

    faults: tuple[str, ...]
    every: int = 1
    left: int | None = None
    lasting: bool = False
    """Whether the fault stays when it has come, as in a situation."""


class SimulatedDevice(ABC):
    """One simulated device. Every public call may come from another thread than the one before.

    `lock` guards everything a kind remembers; hooks are called with it held. A kind calls `operation` at the start of
    each exchange or job, which is what `fail_next`, `fail_repeatedly` and situations count.
    """

    kind: ClassVar[str]
    faults: ClassVar[Mapping[str, str]]
    """Name → Chinese title of each fault; `unplugged`, which every device has, need not be named."""
    situations: ClassVar[Mapping[str, Situation]] = {}

    def __init__(self, seed: int = 0) -> None:
        self.lock = threading.RLock()
        self.chance = Random(seed)  # noqa: S311 — noise on a simulated line keeps no secret
        self.delay_s = 0.0
        """How long every answer takes longer."""
        self.quality = 1.0
        """1 is perfect, 0 is useless; what lies between is the kind's to say (a wire corrupts answers)."""
        self.operations = 0
        self._faults: tuple[str, ...] = ()
        self._plan: _Plan | None = None

    @property
    @abstractmethod
    def link(self) -> str:
        """The link a driver opens; valid after `start`."""

    @abstractmethod
    def start(self, link: str) -> None:
        """Come to life at the far end of a wire: `pty`, `tcp:PORT`, or what the kind knows besides."""

    @abstractmethod
    def stop(self) -> None:
        """End every thread and give everything back; harmless when repeated."""

    @property
    def fault_now(self) -> str | None:
        """The fault, where there is one; the first of several."""
        return self._faults[0] if self._faults else None

    def has(self, fault: str) -> bool:
        """Whether this is wrong now."""
        return fault in self._faults

    @classmethod
    def fault_titles(cls) -> dict[str, str]:
        """Every fault this kind can have, `unplugged` too."""
        return {**cls.faults, UNPLUGGED: cls.faults.get(UNPLUGGED, "拔掉连接线")}

    def fault(self, *names: str) -> None:
        """Break in these ways, in place of what was wrong before; raises NotPossible for a fault the kind lacks."""
        self._must_have(names)
        with self.lock:
            self._plan = None
            self._break(names)

    def clear(self) -> None:
        """Be well again: faults, plans, delay and quality."""
        with self.lock:
            self._plan = None
            self.delay_s, self.quality = 0.0, 1.0
            self._break(())

    def fail_next(self, name: str, times: int = 1) -> None:
        """Only the next operations fail in this way; the one after them is well again."""
        self._plan_for(name, _Plan((name,), left=_counted(times)))

    def fail_repeatedly(self, name: str, every: int = 2) -> None:
        """Every so many operations one fails in this way, until cleared."""
        self._plan_for(name, _Plan((name,), every=_counted(every)))

    def happen(self, situation: str) -> None:
        """Let a named situation happen; raises NotPossible for one the kind does not know."""
        known = self.situations.get(situation)
        if known is None:
            raise NotPossible(f"{self.kind} knows no situation {situation!r}; there are {', '.join(self.situations)}")
        if not known.after:
            self.fault(*known.faults)
            return
        with self.lock:
            self.clear()
            self._plan = _Plan(known.faults, every=known.after + 1, lasting=True)
            self.operations = 0

    def operation(self) -> None:
        """A kind says that an exchange or a job begins: what was planned for it comes true."""
        with self.lock:
            self.operations += 1
            plan = self._plan
            if plan is None:
                return
            due = self.operations % plan.every == 0 and plan.left != 0
            if due or self._faults:
                self._break(plan.faults if due else ())
            if plan.lasting and due:
                self._plan = None
            elif plan.left is not None:
                self._plan = None if plan.left == 0 else _Plan(plan.faults, plan.every, plan.left - 1)

    def state(self) -> dict[str, Any]:
        """What is on the device now, as JSON values; nothing personal, for a state may end in a log."""
        with self.lock:
            return {
                "fault": self.fault_now,
                "faults": list(self._faults),
                "delay_s": self.delay_s,
                "quality": self.quality,
            }

    def routes(self, router: APIRouter) -> None:  # noqa: B027 — a hook, not a duty
        """Adds what the kind's door has besides the common requests, such as `POST /card`."""

    def on_fault(self, name: str) -> None:  # noqa: B027 — a hook, not a duty
        """A fault has begun; most kinds only look at `has`."""

    def on_clear(self) -> None:  # noqa: B027 — a hook, not a duty
        """Everything that was wrong is over."""

    @abstractmethod
    def pull(self) -> None:
        """Take the device away from its driver."""

    @abstractmethod
    def plug(self) -> None:
        """Put it back; harmless when it is there."""

    def _break(self, names: tuple[str, ...]) -> None:
        """From what is wrong now to what is to be wrong; called with the lock held."""
        if names == self._faults:
            return
        before, self._faults = self._faults, names
        if before:
            if UNPLUGGED in before and UNPLUGGED not in names:
                self.plug()
            self.on_clear()
        for name in names:
            if name == UNPLUGGED:
                self.pull()
            else:
                self.on_fault(name)

    def _plan_for(self, name: str, plan: _Plan) -> None:
        self._must_have((name,))
        if name == UNPLUGGED:
            raise NotPossible("an unplugged device sees no next operation; use the fault itself")
        with self.lock:
            self._break(())
            self.operations = 0
            self._plan = plan

    def _must_have(self, names: tuple[str, ...]) -> None:
        possible = self.fault_titles()
        for name in names:
            if name not in possible:
                raise NotPossible(f"{self.kind} has no fault {name!r}; there are {', '.join(possible)}")


def _counted(times: int) -> int:
    if not 1 <= times <= TIMES_MAX:
        raise NotPossible(f"from 1 to {TIMES_MAX} times")
    return times
