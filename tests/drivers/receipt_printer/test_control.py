"""The simulator's door over HTTP, and the printer behind the registry."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.registry import open_device
from drivers.settlement import NotPrinted, Printed
from drivers.simulation import Simulation, simulate
from tests.drivers.receipt_printer.slips import CODE, KEPT, VERIFY


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    with simulate("receipt-printer").start(control="127.0.0.1:0") as started:
        yield started


def ask(simulation: Simulation, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{simulation.control}{path}", data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def test_the_door_shows_each_ticket_as_text_picture_and_qr(simulation: Simulation) -> None:
    printer = open_device("receipt_printer", "escpos", simulation.link, paper_width_mm=80)
    assert printer.print("job-1", KEPT) == Printed()
    printer.close()
    [ticket] = ask(simulation, "GET", "/paper")["tickets"]
    assert CODE in ticket["text"]
    assert ticket["qr"] == [VERIFY]
    assert ticket["cut"] is True
    assert 100 < ticket["length_mm"] < 160
    assert base64.b64decode(ticket["png_base64"]).startswith(b"\x89PNG")


def test_faults_come_and_go_through_the_door(simulation: Simulation) -> None:
    printer = open_device("receipt_printer", None, simulation.link)
    ask(simulation, "POST", "/fault", {"state": "paper_end"})
    assert ask(simulation, "GET", "/state")["paper"] == "end"
    assert isinstance(printer.print("job-1", KEPT), NotPrinted)
    ask(simulation, "POST", "/clear")
    assert ask(simulation, "GET", "/state")["fault"] is None
    assert printer.print("job-1", KEPT) == Printed()
    printer.close()


def test_the_tray_can_be_emptied(simulation: Simulation) -> None:
    printer = open_device("receipt_printer", None, simulation.link)
    printer.print("job-1", KEPT)
    printer.close()
    assert ask(simulation, "DELETE", "/paper") == {
        "tickets": [],
        "hanging": None,
        "mouth": None,
        "bin": [],
    }


def test_an_unknown_fault_is_refused_with_the_known_ones(simulation: Simulation) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        ask(simulation, "POST", "/fault", {"state": "haunted"})
    with refusal.value as answer:
        assert answer.code == 400
        assert "paper_end_midway" in json.load(answer)["error"]
