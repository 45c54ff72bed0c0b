"""The mouth of a simulated kiosk printer: holds one cut slip until it is taken, falls out or is drawn back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from drivers.receipt_printer.simulated.paper import Ticket

_KEPT = 50

After = Literal["eject", "retract"]


class MouthOfPaper:
    """One slip at most; what leaves it to the outside goes to `give`, what is drawn back into the bin."""

    def __init__(self, give: Callable[[Ticket], None], monotonic: Callable[[], float]) -> None:
        self._give = give
        self._monotonic = monotonic
        self._due: tuple[float, After] | None = None
        self.slip: Ticket | None = None
        self.reachable = False
        self.attended = True
        """Whether somebody stands there and takes each slip as soon as a hand reaches it."""
        self.bin: deque[Ticket] = deque(maxlen=_KEPT)

    def receive(self, slip: Ticket, *, reachable: bool) -> None:
        """A slip was cut; one that was still there is pushed out by it and falls."""
        self.eject()
        self.slip, self._due = slip, None
        self._reach(reachable)

    def push_out(self) -> None:
        """Move the slip to where a hand reaches it."""
        self._reach(self.slip is not None)

    def take(self) -> bool:
        """A hand takes the slip, where there is one within reach."""
        if self.slip is None or not self.reachable:
            return False
        self.eject()
        return True

    def eject(self) -> None:
        """Let the slip fall out."""
        slip = self._leave()
        if slip is not None:
            self._give(slip)

    def retract(self) -> None:
        """Draw the slip back into the bin."""
        slip = self._leave()
        if slip is not None:
            self.bin.append(slip)

    def hold(self, seconds: int, after: After) -> None:
        """Do this with the slip when so much time has passed; 0 is never."""
        self._due = (self._monotonic() + seconds, after) if seconds and self.slip is not None else None

    def tick(self) -> None:
        """Time has passed."""
        if self._due is not None and self._monotonic() >= self._due[0]:
            if self._due[1] == "eject":
                self.eject()
            else:
                self.retract()

    def _reach(self, reachable: bool) -> None:
        self.reachable = reachable
        if reachable and self.attended:
            self.take()

    def _leave(self) -> Ticket | None:
        slip, self.slip, self._due, self.reachable = self.slip, None, None, False
        return slip
