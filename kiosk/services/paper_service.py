"""Fetches a certificate's sealed PDF, opens it in memory and prints it; nothing of it ever rests on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from drivers.document_printer.port import Document
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from drivers.trouble import DeviceTrouble
from kiosk.doors import Door, DoorShut, Err, Ok, Result
from kiosk.journey.screens import Paper as Outcome
from kiosk.services.roles import Slot
from offline.sync.trouble import HubRefused
from offline.wire.attachment import KEY_BYTES, open_attachment
from offline.wire.canonical import unb64
from offline.wire.changes import Paper
from offline.wire.trouble import CannotUnseal, WireTrouble

NO_PRINTER: Final = "journey.certificate.no_printer"
NOT_READY: Final = "journey.certificate.not_ready"
HUB_AWAY: Final = "journey.certificate.hub_away"
VOID: Final = "journey.certificate.void"
DAMAGED: Final = "journey.certificate.damaged"
_GONE: Final = 410
_NAME_CHARS: Final = 16


@dataclass(frozen=True, slots=True)
class PaperSettled:
    """What became of a certificate's printing, and the text that says so; empty where there is nothing to say."""

    outcome: Outcome
    text: str = ""


class Papers(Protocol):
    """What is wanted of the line to the hub."""

    def paper(self, sha256: str) -> bytes:
        """The sealed PDF; raises HubSilent or HubRefused."""


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    sha256: str
    sure: bool = False  # it surely came out: whoever wants it again wants a copy


class PaperService:
    """One certificate at a time; every one asked for ends in a settlement."""

    def __init__(
        self,
        hub: Papers,
        door: Door,
        slot: Slot,
        *,
        now: Callable[[], datetime],
        fetch_s: float,
        print_s: float,
    ) -> None:
        self._hub = hub
        self._door = door
        self._slot = slot
        self._now = now
        self._fetch_s = fetch_s
        self._print_s = print_s
        self._jobs = 0
        self._last: _Job | None = None

    def print(self, paper: Paper, done: Callable[[PaperSettled], None]) -> None:
        """Fetches, opens and prints one certificate, then tells `done`."""
        if paper.state != "ready" or paper.sha256 is None or paper.key is None:
            done(PaperSettled(Outcome.NOT_PRINTED, VOID if paper.state == "void" else NOT_READY))
            return
        sha256 = paper.sha256

        def fetched(result: Result[Document]) -> None:
            match result:
                case Ok(document):
                    self._print(sha256, document, done)
                case Err(HubRefused(status=status)) if status == _GONE:
                    done(PaperSettled(Outcome.NOT_PRINTED, VOID))
                case Err(WireTrouble() | ValueError()):
                    done(PaperSettled(Outcome.NOT_PRINTED, DAMAGED))
                case _:
                    done(PaperSettled(Outcome.NOT_PRINTED, HUB_AWAY))

        self._door.ask(lambda: opened(self._hub.paper(sha256), paper), fetched, deadline_s=self._fetch_s)

    def forget(self) -> None:
        """Drops the job of the visit that is over."""
        self._last = None

    def _print(self, sha256: str, document: Document, done: Callable[[PaperSettled], None]) -> None:
        job = self._job(sha256)

        def settled(result: Result[PrintResult]) -> None:
            outcome = self._settled(result)
            if outcome.outcome is Outcome.PRINTED and self._last == job:
                self._last = replace(job, sure=True)
            done(outcome)

        def work(printer: Any) -> PrintResult:
            printed: PrintResult = printer.print(job.name, document)
            return printed

        self._slot.use(work, settled, deadline_s=self._print_s)

    def _job(self, sha256: str) -> _Job:
        """What did not surely come out is asked for again under its old name, so that it is not printed twice."""
        if self._last is not None and (self._last.sha256, self._last.sure) == (sha256, False):
            return self._last
        self._jobs += 1
        name = f"paper-{sha256[:_NAME_CHARS]}-{self._now():%Y%m%d%H%M%S}-{self._jobs}"
        self._last = _Job(name, sha256)
        return self._last

    def _settled(self, result: Result[PrintResult]) -> PaperSettled:
        match result:
            case Ok(Printed()):
                return PaperSettled(Outcome.PRINTED)
            case Ok(NotPrinted(health)):
                self._slot.know(health)
                return PaperSettled(Outcome.NOT_PRINTED, health.resident)
            case Ok(CannotKnow(health)):
                self._slot.know(health)
                return PaperSettled(Outcome.UNKNOWN, health.resident)
            case Err(DeviceTrouble() | DoorShut()):
                return PaperSettled(Outcome.NOT_PRINTED, NO_PRINTER)  # nothing was sent
            case _:
                return PaperSettled(Outcome.UNKNOWN, NO_PRINTER)  # it may still come out: nobody can know


def opened(untrusted: bytes, paper: Paper) -> Document:
    """The PDF of a paper, exactly as it was issued; raises CannotUnseal, MalformedRecord or ValueError."""
    pdf = open_attachment(untrusted, unb64(paper.key, KEY_BYTES))
    if paper.document_sha256 is not None and hashlib.sha256(pdf).hexdigest() != paper.document_sha256:
        raise CannotUnseal("证照文件和答复里写的不是同一份")
    return Document(pdf)
