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
from kiosk.journey.acts import Act, CertificateSettled
from kiosk.journey.claim import Certificate
from kiosk.journey.effects import PrintCertificate
from kiosk.journey.screens import Paper
from kiosk.services.roles import Slot
from offline.sync.trouble import HubRefused
from offline.wire.attachment import KEY_BYTES, open_attachment
from offline.wire.canonical import unb64
from offline.wire.trouble import CannotUnseal, WireTrouble

NO_PRINTER: Final = "journey.certificate.no_printer"
NOT_READY: Final = "journey.certificate.not_ready"
HUB_AWAY: Final = "journey.certificate.hub_away"
VOID: Final = "journey.certificate.void"
DAMAGED: Final = "journey.certificate.damaged"
_GONE: Final = 410
_NAME_CHARS: Final = 16


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
    """One certificate at a time; every one asked for ends in a settlement. `slot` None: no printer stands here."""

    def __init__(
        self,
        hub: Papers,
        door: Door,
        slot: Slot | None,
        tell: Callable[[Act], None],
        *,
        now: Callable[[], datetime],
        fetch_s: float,
        print_s: float,
    ) -> None:
        self._hub = hub
        self._door = door
        self._slot = slot
        self._tell = tell
        self._now = now
        self._fetch_s = fetch_s
        self._print_s = print_s
        self._jobs = 0
        self._last: _Job | None = None

    def print(self, effect: PrintCertificate) -> None:
        """Fetches, opens and prints one certificate → CertificateSettled."""
        certificate, slot = effect.certificate, self._slot

        def done(paper: Paper, text: str = "") -> None:
            self._tell(CertificateSettled(effect.session, paper, text))

        def fetched(result: Result[Document]) -> None:
            match result:
                case Ok(document) if slot is not None:
                    self._print(slot, certificate.name, document, done)
                case Ok():
                    done(Paper.NOT_PRINTED, NO_PRINTER)
                case Err(HubRefused(status=status)) if status == _GONE:
                    done(Paper.NOT_PRINTED, VOID)
                case Err(WireTrouble() | ValueError()):
                    done(Paper.NOT_PRINTED, DAMAGED)
                case _:
                    done(Paper.NOT_PRINTED, HUB_AWAY)

        if not certificate.printable:
            done(Paper.NOT_PRINTED, VOID if certificate.state == "void" else NOT_READY)
            return
        self._door.ask(
            lambda: opened(self._hub.paper(certificate.name), certificate), fetched, deadline_s=self._fetch_s
        )

    def forget(self) -> None:
        """Drops the job of the visit that is over."""
        self._last = None

    def _print(self, slot: Slot, name: str, document: Document, done: Callable[[Paper, str], None]) -> None:
        job = self._job(name)

        def settled(result: Result[PrintResult]) -> None:
            paper, text = _settled(slot, result)
            if paper is Paper.PRINTED and self._last == job:
                self._last = replace(job, sure=True)
            done(paper, text)

        def work(printer: Any) -> PrintResult:
            printed: PrintResult = printer.print(job.name, document)
            return printed

        slot.use(work, settled, deadline_s=self._print_s)

    def _job(self, sha256: str) -> _Job:
        """What did not surely come out is asked for again under its old name, so that it is not printed twice."""
        if self._last is not None and (self._last.sha256, self._last.sure) == (sha256, False):
            return self._last
        self._jobs += 1
        name = f"paper-{sha256[:_NAME_CHARS]}-{self._now():%Y%m%d%H%M%S}-{self._jobs}"
        self._last = _Job(name, sha256)
        return self._last


def _settled(slot: Slot, result: Result[PrintResult]) -> tuple[Paper, str]:
    match result:
        case Ok(Printed()):
            return Paper.PRINTED, ""
        case Ok(NotPrinted(health)):
            slot.know(health)
            return Paper.NOT_PRINTED, health.resident
        case Ok(CannotKnow(health)):
            slot.know(health)
            return Paper.UNKNOWN, health.resident
        case Err(DeviceTrouble() | DoorShut()):
            return Paper.NOT_PRINTED, NO_PRINTER  # nothing was sent
        case _:
            return Paper.UNKNOWN, NO_PRINTER  # it may still come out: nobody can know


def opened(untrusted: bytes, certificate: Certificate) -> Document:
    """The PDF of a certificate, exactly as issued; raises CannotUnseal, MalformedRecord or ValueError."""
    pdf = open_attachment(untrusted, unb64(certificate.key, KEY_BYTES))
    if certificate.document_sha256 and hashlib.sha256(pdf).hexdigest() != certificate.document_sha256:
        raise CannotUnseal("证照文件和答复里写的不是同一份")
    return Document(pdf)
