"""Doors to the background: one serial thread each, so that a stuck printer delays neither outbox nor screen."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Ok(Generic[T]):
    """The work's value."""

    value: T


@dataclass(frozen=True)
class Err:
    """What the work raised, or that it did not end in time."""

    error: Exception


Result = Ok[T] | Err


class Late(Exception):
    """The work did not answer within its deadline; what it answers later is thrown away."""


class DoorShut(Exception):
    """The door has been closed, or too much waits before it."""


Deliver = Callable[[Callable[[], None]], None]
"""Brings a call to the thread that owns the screen; there, results are handed over."""


class Door(Protocol):
    """Takes work, one piece after the other, and hands over each result exactly once."""

    def ask(self, work: Callable[[], T], then: Callable[[Result[T]], None], *, deadline_s: float | None = None) -> None:
        """Does `work` in the background, then calls `then` where the screen lives."""

    @property
    def busy(self) -> bool:
        """Whether something asked is not done yet, even if its asker no longer waits."""

    def close(self) -> None:
        """Takes no more work; what waits is still done."""


class ThreadDoor:
    """A door with a thread of its own. `deliver` must be safe to call from any thread."""

    def __init__(self, name: str, deliver: Deliver, *, most_waiting: int = 64) -> None:
        self._deliver = deliver
        self._most_waiting = most_waiting
        self._queue: queue.SimpleQueue[tuple[Callable[[], Any], _Once[Any]] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._counting = threading.Lock()
        self._undone = 0
        self._thread = threading.Thread(target=self._run, name=f"door-{name}", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[], T], then: Callable[[Result[T]], None], *, deadline_s: float | None = None) -> None:
        """Queues the work; the deadline counts from now, waiting included."""
        once = _Once(then, self._deliver)
        if self._closed.is_set() or self._queue.qsize() >= self._most_waiting:
            once.give(Err(DoorShut()))
            return
        with self._counting:
            self._undone += 1
        self._queue.put((work, once))
        if deadline_s is not None:
            once.expect_within(deadline_s)

    @property
    def busy(self) -> bool:
        """See Door."""
        return self._undone > 0

    def close(self, wait_s: float = 2.0) -> None:
        """Takes nothing more; what waits is still done, for `wait_s`. A thread hung in a device is left (a daemon)."""
        if not self._closed.is_set():
            self._closed.set()
            self._queue.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(wait_s)

    def _run(self) -> None:
        while (piece := self._queue.get()) is not None:
            work, once = piece
            if not once.given:  # else its deadline passed while it waited
                once.give(_done(work))
            del piece, work, once  # what was asked may be personal: it is not kept until the next is asked
            with self._counting:
                self._undone -= 1


class ManualDoor:
    """A hand-cranked door for tests: nothing happens until `turn` is called."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self.closed = False

    def ask(self, work: Callable[[], T], then: Callable[[Result[T]], None], *, deadline_s: float | None = None) -> None:
        """Remembers the work."""
        if self.closed:
            then(Err(DoorShut()))
        else:
            self.waiting.append((work, then))

    @property
    def busy(self) -> bool:
        """See Door."""
        return bool(self.waiting)

    def turn(self, times: int = 1) -> None:
        """Does the next pieces of work, here and now."""
        for _ in range(times):
            work, then = self.waiting.popleft()
            then(_done(work))

    def turn_all(self, most: int = 1000) -> None:
        """Does what waits and what follows from it."""
        while self.waiting and most:
            most -= 1
            self.turn()

    def be_late(self) -> None:
        """Answers the next piece as one that did not end in time."""
        _, then = self.waiting.popleft()
        then(Err(Late()))

    def close(self) -> None:
        """Does what waits, then takes nothing more."""
        self.turn_all()
        self.closed = True


class _Once(Generic[T]):
    """Hands over the first result and drops every later one."""

    def __init__(self, then: Callable[[Result[T]], None], deliver: Deliver) -> None:
        self._then = then
        self._deliver = deliver
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self.given = False

    def expect_within(self, deadline_s: float) -> None:
        timer = threading.Timer(deadline_s, lambda: self.give(Err(Late())))
        timer.daemon = True
        with self._lock:
            if self.given:
                return
            self._timer = timer
        timer.start()

    def give(self, result: Result[T]) -> None:
        with self._lock:
            if self.given:
                return
            self.given = True
            timer = self._timer
        if timer is not None:
            timer.cancel()
        self._deliver(lambda: self._then(result))


def _done(work: Callable[[], T]) -> Result[T]:
    try:
        return Ok(work())
    except Exception as error:  # noqa: BLE001  (whatever it is, it is handed over as a value, never swallowed)
        return Err(error)
