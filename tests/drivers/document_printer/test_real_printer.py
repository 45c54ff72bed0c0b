"""The contract, kept on a real ippeveprinter, and on the same behind a real CUPS as Debian ships it."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.document_printer.address import address_of
from drivers.document_printer.ipp import IppPrinter
from drivers.document_printer.operations import Job, JobState
from drivers.document_printer.post import Post
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.talk import Talk
from drivers.link import LinkRefused
from drivers.settlement import CannotKnow, NotPrinted, Printed
from tests.drivers.document_printer.contract import DocumentPrinterContract
from tests.drivers.document_printer.papers import CERTIFICATE, ONE_PAGE
from tests.drivers.document_printer.real_parts import (
    QUICK,
    RealCups,
    RealStand,
    cups_before_simulator,
    cups_stand,
    eventually,
    folder_for_all,
    private_bus,
    real_stand,
)
from tests.drivers.document_printer.simulated_stand import simulated_stand


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with private_bus() as address:
        yield address


class TestIppOnARealPrinter(DocumentPrinterContract):
    @pytest.fixture
    def stand(self, bus: str) -> Iterator[RealStand]:
        with real_stand(bus) as stand:
            yield stand


@pytest.mark.night
class TestIppThroughCups(DocumentPrinterContract):
    """Debian's own setting: a failed job is tried again and again, which is how others print twice."""

    @pytest.fixture
    def stand(self, bus: str) -> Iterator[RealStand]:
        with cups_stand(bus, "retry-job") as stand:
            yield stand


def word_of(link: str, job: str) -> JobState:
    """What a queue or a printer itself says of a job."""
    talk = Talk(Post(address_of(link), answer_s=5.0, certificate=None))
    try:
        return talk.named(job)[0].state
    finally:
        talk.post.close()


def _jobs_at(link: str) -> tuple[Job, ...]:
    talk = Talk(Post(address_of(link), answer_s=5.0, certificate=None))
    try:
        return talk.named("job-1", ended=False)
    finally:
        talk.post.close()


def test_cups_says_completed_of_a_job_that_never_came_out_and_we_do_not(bus: str) -> None:
    """Why the printer behind the queue is asked itself; if CUPS ever mends this, the course of a job gets shorter."""
    with cups_stand(bus, "abort-job") as stand:
        stand.break_down("forgets")
        assert isinstance(stand.printer.print("job-1", ONE_PAGE), CannotKnow)
        eventually(lambda: word_of(stand.link, "job-1") is JobState.COMPLETED, "CUPS said completed")
        assert stand.came_out() == []


def test_a_queue_somebody_stopped_prints_nothing_and_says_so(bus: str) -> None:
    with cups_stand(bus, "abort-job") as stand:
        assert stand.cups is not None
        stand.cups.stop_queue()
        result = stand.printer.print("job-1", ONE_PAGE)
        assert isinstance(result, NotPrinted)
        assert result.health.code == "document_printer.paused"


def test_a_printer_pulled_behind_the_queue_prints_nothing_later(bus: str) -> None:
    with cups_stand(bus, "stop-printer") as stand:
        stand.break_down("jam")

        def pull() -> None:
            eventually(lambda: bool(_jobs_at(stand.device.link)), "the job reached the printer")
            stand.device.unplug()

        pulled = threading.Thread(target=pull)
        pulled.start()
        result = stand.another(cancel_s=3.0).print("job-1", ONE_PAGE)
        pulled.join()
        assert isinstance(result, (CannotKnow, NotPrinted))
        stand.repair()
        stand.settle()
        assert stand.came_out() == []
        assert stand.printer.print("job-2", ONE_PAGE) == Printed()
        assert stand.came_out() == ["job-2"]


def test_a_printer_that_cups_cannot_ask_leaves_nobody_knowing(bus: str) -> None:
    with folder_for_all() as folder:
        cups = RealCups(bus, folder, "file:///dev/null", model="raw", error_policy="abort-job")
        try:
            printer = IppPrinter(cups.link, **QUICK)
            printer.open()
            assert printer.health().code == "document_printer.no_word"
            assert isinstance(printer.print("job-1", ONE_PAGE), CannotKnow)
            printer.close()
        finally:
            cups.end()


def test_a_printers_own_certificate_is_trusted_where_it_was_given_and_nowhere_else(bus: str, tmp_path: Path) -> None:
    with real_stand(bus) as stand:
        link = stand.link.replace("ipp://", "ipps://")
        with pytest.raises(LinkRefused) as refused:
            IppPrinter(link, **QUICK).open()
        assert "certificate" in refused.value.advice
        certificate = tmp_path / "printer.pem"
        certificate.write_text(ssl.get_server_certificate(("localhost", stand.device.port)))
        printer = IppPrinter(link, certificate=certificate, **QUICK)
        printer.open()
        assert printer.print("job-1", ONE_PAGE) == Printed()
        printer.close()
        assert stand.came_out() == ["job-1"]


def test_the_simulator_satisfies_a_client_that_is_not_ours() -> None:
    """CUPS's own tool asks, prints and checks each answer against the standard."""
    with simulated_stand() as stand, folder_for_all() as folder:
        paper = folder / "paper.pdf"
        paper.write_bytes(ONE_PAGE.pdf)
        for test in ("get-printer-attributes", "print-job", "create-job", "validate-job", "get-jobs"):
            done = subprocess.run(
                ["ipptool", "-T", "10", "-tv", "-f", str(paper), stand.link, f"{test}.test"],
                check=False,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.returncode == 0, done.stdout
            assert "[PASS]" in done.stdout
        stand.settle()
        assert len(stand.came_out()) == 2


@pytest.mark.parametrize("happening", [*SimulatedDocumentPrinter.fault_titles(), *SimulatedDocumentPrinter.situations])
def test_whatever_happens_behind_cups_no_word_is_false_and_no_document_comes_twice(bus: str, happening: str) -> None:
    with cups_before_simulator(bus) as (stand, device):
        if happening in device.situations:
            device.happen(happening)
        else:
            device.fault(happening)
        word = stand.printer.print("job-1", CERTIFICATE)
        device.clear()
        stand.settle()
        came = stand.came_out().count("job-1")
        assert came <= 1
        assert came == 1 or not isinstance(word, Printed)
        assert came == 0 or not isinstance(word, NotPrinted)
        again = stand.printer.print("job-1", CERTIFICATE)
        assert again == (Printed() if isinstance(word, NotPrinted) else word)
        stand.settle()
        assert stand.came_out().count("job-1") <= 1
