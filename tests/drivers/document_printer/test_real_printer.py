"""The contract, kept on a real ippeveprinter, and on the same behind a real CUPS under both its error policies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.document_printer.contract import DocumentPrinterContract
from tests.drivers.document_printer.real_parts import RealStand, cups_stand, private_bus, real_stand


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    with private_bus() as address:
        yield address


class TestIppOnARealPrinter(DocumentPrinterContract):
    @pytest.fixture
    def stand(self, bus: str) -> Iterator[RealStand]:
        with real_stand(bus) as stand:
            yield stand


class TestIppThroughCups(DocumentPrinterContract):
    """A failed job is thrown away: what the handbook recommends."""

    @pytest.fixture
    def stand(self, bus: str) -> Iterator[RealStand]:
        with cups_stand(bus, "abort-job") as stand:
            yield stand


class TestIppThroughCupsAsItComes(DocumentPrinterContract):
    """A failed job stops the queue and waits in it, to be printed by whoever starts it again."""

    @pytest.fixture
    def stand(self, bus: str) -> Iterator[RealStand]:
        with cups_stand(bus, "stop-printer") as stand:
            yield stand
