"""The mouth of a kiosk printer: a slip with a name on it must not lie there for the next resident.

Some printers draw a slip back by themselves after a time they are told; others must be told when the time has come.
Either way the printer only says whether there is a slip, so what became of it is inferred, and said only where it is
sure: gone before its time is taken, gone after we drew it back is drawn back, anything else is unknown.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.receipt_printer.conversation import Conversation
from drivers.receipt_printer.port import Place
from drivers.receipt_printer.profile import LeftSlip, Profile

_LOOKS_AFTER_RETRACT = 20
"""A motor takes its time; each look waits for the printer's answer."""


class Mouth:
    """What is known of the last slip of one printer."""

    def __init__(
        self, profile: Profile, left_slip: LeftSlip, retract_after_s: float, monotonic: Callable[[], float]
    ) -> None:
        self._presenter = profile.presenter
        self._left_slip = left_slip
        self._retract_after_s = retract_after_s
        self._monotonic = monotonic
        self._since = 0.0
        self.place = Place.unknown

    def presented(self, talk: Conversation) -> None:
        """A slip has just been handed out."""
        if self._presenter is None:
            return
        self._since = self._monotonic()
        self.place = Place.in_mouth
        self.look(talk)

    def look(self, talk: Conversation) -> None:
        """See what became of the slip, and draw back one that lay too long. Raises LinkLost."""
        if self.place is not Place.in_mouth:
            return
        there = self._holds(talk)
        lay_s = self._monotonic() - self._since
        if there is None:
            return
        if not there:
            # One that draws back by itself may have done so between two looks.
            by_itself = bool(self._presenter and self._presenter.timed_cut) and self._left_slip == "retract"
            self.place = Place.unknown if by_itself and lay_s >= self._retract_after_s else Place.taken
        elif lay_s >= self._retract_after_s and self._left_slip == "retract":
            self.place = self._drawn_back(talk)

    def empty(self, talk: Conversation) -> None:
        """Before another slip comes out: the one before must not be pushed out together with it. Raises LinkLost."""
        if self._presenter is None or self._left_slip == "keep" or not self._presenter.retract:
            return
        if self._holds(talk):
            self.place = self._drawn_back(talk)

    def _drawn_back(self, talk: Conversation) -> Place:
        assert self._presenter is not None
        if not self._presenter.retract:
            return Place.in_mouth
        talk.write(self._presenter.retract)
        for _ in range(_LOOKS_AFTER_RETRACT):
            if self._holds(talk) is False:
                return Place.retracted
        return Place.in_mouth

    def _holds(self, talk: Conversation) -> bool | None:
        condition = talk.mouth()
        return None if condition is None else condition.slip_in_mouth
