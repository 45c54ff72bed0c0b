"""A certificate is fetched sealed, opened in memory and printed; what can go wrong is said, and none prints twice."""

from __future__ import annotations

import hashlib
from collections import deque
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from drivers.document_printer.port import Document
from drivers.health import Cause, Health, State
from drivers.settlement import CannotKnow, NotPrinted, Printed, PrintResult
from kiosk.doors import ManualDoor
from kiosk.journey.screens import Paper as Outcome
from kiosk.services.paper_service import DAMAGED, HUB_AWAY, NO_PRINTER, NOT_READY, VOID, PaperService, PaperSettled
from kiosk.services.roles import Slot
from kiosk.settings import DeviceSetting
from offline.sync.trouble import HubSilent
from offline.wire.attachment import seal_attachment
from offline.wire.canonical import b64
from offline.wire.changes import Paper
from tests.words import WORDS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 sealed"
ILL = Health(State.failed, Cause.environment, "p", "document_printer.paper_empty.resident", "", NOW)
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

    def paper(self, sha256: str) -> bytes:
        """The bytes of a name."""
        if sha256 not in self.kept:
            raise HubSilent("网络已断开")
        return self.kept[sha256]


class Stand:
    """The service between a played hub and a played printer, its doors turned by hand."""

    def __init__(self, setting: DeviceSetting | None = SETTING) -> None:
        self.hub, self.printer = PlayedHub(), PlayedPrinter()
        self.fetching, self.printing = ManualDoor(), ManualDoor()
        slot = Slot(
            "document_printer", setting, self.printing, changed=lambda *_: None, make=lambda _: self.printer,
            now=lambda: NOW, monotonic=lambda: 0.0,
        )  # fmt: skip
        self.service = PaperService(self.hub, self.fetching, slot, now=lambda: NOW, fetch_s=5, print_s=60)

    def sealed(self, pdf: bytes = PDF, of: bytes = PDF) -> Paper:
        """A paper whose sealed bytes the hub has."""
        made = seal_attachment(pdf)
        self.hub.kept[made.sha256] = made.data
        return Paper(
            kind="k", title="证明", state="ready", id="1.2", sha256=made.sha256, key=b64(made.key),
            document_sha256=hashlib.sha256(of).hexdigest(),
        )  # fmt: skip

    def settle(self, paper: Paper) -> PaperSettled:
        """Asks for a paper and lets everything happen."""
        told: list[PaperSettled] = []
        self.service.print(paper, told.append)
        self.fetching.turn_all()
        self.printing.turn_all()
        (one,) = told
        return one


def test_a_paper_is_printed_as_it_was_issued_and_its_job_names_nobody() -> None:
    stand = Stand()
    paper = stand.sealed()
    assert stand.settle(paper) == PaperSettled(Outcome.PRINTED)
    ((job, pdf),) = stand.printer.jobs
    assert pdf == PDF
    assert job == f"paper-{str(paper.sha256)[:16]}-20261123020000-1"


def test_what_did_not_surely_come_out_is_asked_for_under_its_old_name_and_a_copy_under_a_new_one() -> None:
    stand = Stand()
    paper = stand.sealed()
    stand.printer.says.extend((NotPrinted(ILL), CannotKnow(ILL)))
    assert stand.settle(paper) == PaperSettled(Outcome.NOT_PRINTED, ILL.resident)
    assert stand.settle(paper) == PaperSettled(Outcome.UNKNOWN, ILL.resident)
    assert stand.settle(paper).outcome is Outcome.PRINTED
    assert stand.settle(paper).outcome is Outcome.PRINTED
    names = [job for job, _ in stand.printer.jobs]
    assert names[0] == names[1] == names[2] != names[3]
    stand.service.forget()
    assert stand.settle(paper).outcome is Outcome.PRINTED
    assert len({job for job, _ in stand.printer.jobs}) == 3


def test_each_trouble_has_its_own_words_and_nothing_is_printed() -> None:
    stand = Stand()
    paper = stand.sealed()
    assert stand.settle(paper.model_copy(update={"state": "making"})) == PaperSettled(Outcome.NOT_PRINTED, NOT_READY)
    assert stand.settle(paper.model_copy(update={"state": "void"})) == PaperSettled(Outcome.NOT_PRINTED, VOID)
    assert stand.settle(paper.model_copy(update={"key": b64(bytes(32))})).text == DAMAGED
    assert stand.settle(stand.sealed(of=b"%PDF-other")).text == DAMAGED
    assert stand.settle(stand.sealed(b"no pdf", b"no pdf")).text == DAMAGED
    stand.hub.kept.clear()
    assert stand.settle(paper) == PaperSettled(Outcome.NOT_PRINTED, HUB_AWAY)
    assert stand.printer.jobs == []
    assert Stand(None).settle(paper).text == HUB_AWAY
    without = Stand(None)
    assert without.settle(without.sealed()) == PaperSettled(Outcome.NOT_PRINTED, NO_PRINTER)


@pytest.mark.parametrize("text", [NO_PRINTER, NOT_READY, HUB_AWAY, VOID, DAMAGED])
def test_every_word_is_in_the_texts(text: str) -> None:
    assert text in WORDS
