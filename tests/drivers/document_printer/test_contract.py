"""The contract, kept by the IPP driver on the simulated printer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.document_printer.contract import DocumentPrinterContract
from tests.drivers.document_printer.simulated_stand import SimulatedStand, simulated_stand


class TestIppOnTheSimulatedPrinter(DocumentPrinterContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        with simulated_stand() as stand:
            yield stand
