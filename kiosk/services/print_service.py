"""Prints slips and settles each as its own event: "printed" means that the printer said so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from drivers.receipt_printer.port import CannotKnow, NotPrinted, Printed, PrintResult
from kiosk.doors import Err, Late, Ok, Result
from kiosk.journey.acts import Act, PrintSettled
from kiosk.journey.effects import PrintSlip
from kiosk.journey.screens import Paper
from kiosk.services.roles import Slot
from kiosk.slips import Place, slip_of

NO_PRINTER = "journey.paper.no_printer"


class PrintService:
    """One job at a time; every job ends in PrintSettled, and in `settle` where the event was made here."""

    def __init__(
        self,
        slot: Slot,
        tell: Callable[[Act], None],
        settle: Callable[[str, Paper], None],
        place: Callable[[], Place],
        words: Callable[..., str],
        *,
        now: Callable[[], datetime],
        deadline_s: float,
        printed: Callable[[], None] = lambda: None,
    ) -> None:
        self._slot = slot
        self._tell = tell
        self._settle = settle
        self._place = place
        self._words = words
        self._now = now
        self._deadline_s = deadline_s
        self._printed = printed
        self._jobs = 0

    def print(self, effect: PrintSlip) -> None:
        """Prints the slip of a case; without a printer that is settled too, at once."""
        claim = effect.claim
        lines = effect.item.slip_lines if effect.item is not None else ()
        now = self._now()
        slip = slip_of(claim, self._place(), self._words, now, lines=lines, copy=effect.copy)
        self._jobs += 1
        job = f"{claim.event_id or 'lookup'}-{now:%Y%m%d%H%M%S}-{self._jobs}"

        def done(result: Result[PrintResult]) -> None:
            paper, text = self._outcome(result)
            if claim.event_id:
                self._settle(claim.event_id, paper)
            self._tell(PrintSettled(effect.session, claim.event_id, paper, text))

        def work(printer: Any) -> PrintResult:
            outcome: PrintResult = printer.print(job, slip)
            return outcome

        self._slot.use(work, done, deadline_s=self._deadline_s)

    def _outcome(self, result: Result[PrintResult]) -> tuple[Paper, str]:
        match result:
            case Ok(Printed()):
                self._printed()
                return Paper.PRINTED, ""
            case Ok(NotPrinted(health)):
                self._slot.know(health)
                return Paper.NOT_PRINTED, health.resident
            case Ok(CannotKnow(health)):
                self._slot.know(health)
                return Paper.UNKNOWN, health.resident
            case Err(Late()):
                # it may still come out: nobody can know
                return Paper.UNKNOWN, NO_PRINTER
            case _:
                return Paper.NOT_PRINTED, NO_PRINTER
