"""A certificate is fetched sealed, opened in memory and printed; what can go wrong is said, and none prints twice."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from drivers.document_printer.port import Document
from drivers.health import Cause, Health, State
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from kiosk.doors import ManualDoor
from kiosk.journey.acts import Act, CertificateSettled
from kiosk.journey.claim import Certificate
from kiosk.journey.effects import PrintCertificate
from kiosk.journey.screens import Paper
from kiosk.services.paper_service import DAMAGED, HUB_AWAY, NO_PRINTER, NOT_READY, VOID, PaperService
from kiosk.services.roles import Slot
from kiosk.settings import DeviceSetting
from offline.sync.trouble import HubRefused, HubSilent
from offline.wire.attachment import seal_attachment
from offline.wire.batch import Problem
from offline.wire.canonical import b64
from tests.words import WORDS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 sealed"
ILL = Health(State.failed, Cause.environment, "p", "document_printer.paper_end.resident", "", NOW)
SETTING = DeviceSetting("document_printer", "document_printer", None, "played", MappingProxyType({}))


class PlayedPrinter:
    """Says what it is told to say, and remembers what it was asked to print."""

    def __init__(self) -> None:
        self.says: deque[PrintResult] = deque()
        self.jobs: list[tuple[str, bytes]] = []

    def open(self) -> None:
        """Nothing to open."""

    def print(self, job: str, document: Document) -> PrintResult:
        """One job."""
        self.jobs.append((job, document.pdf))
        return self.says.popleft() if self.says else Printed()

    def close(self) -> None:
        """Nothing to close."""


class PlayedHub:
    """Gives the sealed bytes it has, or stays silent."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.gone: set[str] = set()

    def paper(self, sha256: str) -> bytes:
        """The bytes of a name."""
        if sha256 in self.gone:
            raise HubRefused(410, Problem(), None)
        if sha256 not in self.kept:
            raise HubSilent("网络已断开")
        return self.kept[sha256]


class Stand:
    """The service between a played hub and a played printer, its doors turned by hand."""

    def __init__(self, setting: DeviceSetting | None = SETTING) -> None:
        self.hub, self.printer = PlayedHub(), PlayedPrinter()
        self.fetching, self.printing = ManualDoor(), ManualDoor()
        self.told: list[Act] = []
        slot = None if setting is None else Slot(
            "document_printer", setting, self.printing, changed=lambda *_: None, make=lambda _: self.printer,
            now=lambda: NOW, monotonic=lambda: 0.0,
        )  # fmt: skip
        self.service = PaperService(
            self.hub, self.fetching, slot, self.told.append, now=lambda: NOW, fetch_s=5, print_s=60
        )

    def sealed(self, pdf: bytes = PDF, of: bytes = PDF) -> Certificate:
        """A certificate whose sealed bytes the hub has."""
        made = seal_attachment(pdf)
        self.hub.kept[made.sha256] = made.data
        return Certificate("证明", "ready", made.sha256, b64(made.key), hashlib.sha256(of).hexdigest())

    def settle(self, certificate: Certificate) -> CertificateSettled:
        """Asks for a certificate and lets everything happen."""
        self.service.print(PrintCertificate(1, certificate))
        self.fetching.turn_all()
        self.printing.turn_all()
        told = self.told.pop()
        assert isinstance(told, CertificateSettled)
        assert self.told == []
        return told


def said(paper: Paper, text: str = "") -> CertificateSettled:
    return CertificateSettled(1, paper, text)


def test_a_paper_is_printed_as_it_was_issued_and_its_job_names_nobody() -> None:
    stand = Stand()
    paper = stand.sealed()
    assert stand.settle(paper) == said(Paper.PRINTED)
    ((job, pdf),) = stand.printer.jobs
    assert pdf == PDF
    assert job == f"paper-{paper.name[:16]}-20261123020000-1"


def test_what_did_not_surely_come_out_is_asked_for_under_its_old_name_and_a_copy_under_a_new_one() -> None:
    stand = Stand()
    paper = stand.sealed()
    stand.printer.says.extend((NotPrinted(ILL), CannotKnow(ILL)))
    assert stand.settle(paper) == said(Paper.NOT_PRINTED, ILL.resident)
    assert stand.settle(paper) == said(Paper.UNKNOWN, ILL.resident)
    assert stand.settle(paper).paper is Paper.PRINTED
    assert stand.settle(paper).paper is Paper.PRINTED
    names = [job for job, _ in stand.printer.jobs]
    assert names[0] == names[1] == names[2] != names[3]
    stand.service.forget()
    assert stand.settle(paper).paper is Paper.PRINTED
    assert len({job for job, _ in stand.printer.jobs}) == 3


def test_each_trouble_has_its_own_words_and_nothing_is_printed() -> None:
    stand = Stand()
    paper = stand.sealed()
    assert stand.settle(replace(paper, state="making")) == said(Paper.NOT_PRINTED, NOT_READY)
    assert stand.settle(replace(paper, state="void")) == said(Paper.NOT_PRINTED, VOID)
    assert stand.settle(replace(paper, key=b64(bytes(32)))).text == DAMAGED
    assert stand.settle(stand.sealed(of=b"%PDF-other")).text == DAMAGED
    assert stand.settle(stand.sealed(b"no pdf", b"no pdf")).text == DAMAGED
    stand.hub.gone.add(paper.name)
    assert stand.settle(paper) == said(Paper.NOT_PRINTED, VOID), "suspended since it was looked up"
    stand.hub.gone.clear()
    stand.hub.kept.clear()
    assert stand.settle(paper) == said(Paper.NOT_PRINTED, HUB_AWAY)
    assert stand.printer.jobs == []
    assert Stand(None).settle(paper).text == HUB_AWAY
    without = Stand(None)
    assert without.settle(without.sealed()) == said(Paper.NOT_PRINTED, NO_PRINTER)


@pytest.mark.parametrize("text", [NO_PRINTER, NOT_READY, HUB_AWAY, VOID, DAMAGED])
def test_every_word_is_in_the_texts(text: str) -> None:
    assert text in WORDS
