"""Prints slips and settles each as its own event: "printed" means that the printer said so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from drivers.receipt_printer.port import Place as SlipPlace
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from drivers.trouble import DeviceTrouble
from kiosk.doors import DoorShut, Err, Ok, Result
from kiosk.journey.acts import Act, PrintSettled
from kiosk.journey.claim import ClaimView, Stage
from kiosk.journey.effects import PrintSlip
from kiosk.journey.item import ItemCard
from kiosk.journey.screens import Paper
from kiosk.services.roles import Slot
from kiosk.settings import DeviceSetting
from kiosk.slips import Place, slip_of

NO_PRINTER = "journey.paper.no_printer"
SETTLE_PART: Final = 0.4
"""Of the deadline: a call may settle an earlier job and its own; a fifth is left for asking the printer how it is."""


def settling_within(setting: DeviceSetting, deadline_s: float) -> DeviceSetting:
    """The printer's setting with a time per job that lets a call end before its deadline, even after a given-up job.

    What a late call answers is thrown away, so it should never be late.
    """
    given = {"settle_s": SETTLE_PART * deadline_s, **setting.options}
    return replace(setting, options=MappingProxyType(given))


@dataclass(frozen=True)
class _Job:
    """A slip that was asked for, under the name by which the driver knows it again."""

    name: str
    session: int
    case: str
    copy: int
    printed: bool = False


def lines_of(item: ItemCard, claim: ClaimView) -> tuple[str, ...]:
    """The item's own words on the slip, by how its case stands."""
    match claim.stage:
        case Stage.KEPT:
            return item.slip_lines
        case Stage.SENT if claim.state != "waiting":
            return item.sent_lines
        case Stage.SETTLED:
            return item.settled_lines
        case _:
            return ()


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
        seal: Callable[[ClaimView, datetime], str],
        now: Callable[[], datetime],
        clock_sure: Callable[[], bool],
        deadline_s: float,
        printed: Callable[[], None] = lambda: None,
    ) -> None:
        self._slot = slot
        self._tell = tell
        self._settle = settle
        self._place = place
        self._words = words
        self._seal = seal
        self._now = now
        self._clock_sure = clock_sure
        self._deadline_s = deadline_s
        self._printed = printed
        self._jobs = 0
        self._last: _Job | None = None
        self._handed_out = ""
        """The event whose slip may still lie in the printer's mouth."""

    def print(self, effect: PrintSlip) -> None:
        """Prints the slip of a case; without a printer that is settled too, at once."""
        claim = effect.claim
        lines = () if effect.item is None else lines_of(effect.item, claim)
        now = self._now()
        job = self._job(effect, now)
        slip = slip_of(
            claim,
            self._place(),
            self._words,
            now,
            lines=lines,
            copy=job.copy,
            clock_sure=self._clock_sure(),
            seal=self._seal,
        )

        def done(result: Result[PrintResult]) -> None:
            paper, text = self._outcome(result)
            if paper is Paper.PRINTED:
                self._handed_out = claim.event_id
            if paper is Paper.PRINTED and self._last == job:
                self._last = replace(job, printed=True)
            if claim.event_id:
                self._settle(claim.event_id, paper)
            self._tell(PrintSettled(effect.session, claim.event_id, paper, text))

        def work(printer: Any) -> PrintResult:
            outcome: PrintResult = printer.print(job.name, slip)
            return outcome

        self._slot.use(work, done, deadline_s=self._deadline_s)

    def follow(self) -> None:
        """Sees what became of the slip handed out last; one that the printer drew back is in nobody's hand after all.

        To be asked every few seconds; a printer that cannot say is asked once.
        """
        event_id = self._handed_out
        if not event_id or self._slot.busy:
            return

        def looked(result: Result[SlipPlace]) -> None:
            if self._handed_out != event_id or result == Ok(SlipPlace.in_mouth):
                return
            self._handed_out = ""
            if result == Ok(SlipPlace.retracted):
                self._settle(event_id, Paper.NOT_PRINTED)

        def work(printer: Any) -> SlipPlace:
            place: SlipPlace = printer.place()
            return place

        self._slot.use(work, looked, deadline_s=self._deadline_s)

    def forget(self) -> None:
        """Drops the job of the visit that is over: its name is a case's or a claim code."""
        self._last = None

    def _job(self, effect: PrintSlip, now: datetime) -> _Job:
        """A slip that did not surely come out is asked for again under its old name: the driver prints it once.

        A new name is for a first slip, a copy wanted after a printed one, and a later visit's look-up.
        """
        case = effect.claim.event_id or effect.claim.claim_code
        last = self._last
        wanted = (effect.session, case, False)
        if effect.copy > 1 and last is not None and (last.session, last.case, last.printed) == wanted:
            return last
        self._jobs += 1
        name = f"{effect.claim.event_id or 'lookup'}-{now:%Y%m%d%H%M%S}-{self._jobs}"
        self._last = _Job(name, effect.session, case, effect.copy)
        return self._last

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
            case Err(DeviceTrouble() | DoorShut()):
                return Paper.NOT_PRINTED, NO_PRINTER  # nothing was sent
            case _:
                # it was late or came to grief on the way, and may still come out: nobody can know
                return Paper.UNKNOWN, NO_PRINTER
