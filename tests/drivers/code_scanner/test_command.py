"""`zhizhu device read code-scanner`, on simulated scanners, and their door."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner, Result

from drivers.code_scanner.simulator import SimulatedCodeScanner
from drivers.commands import device
from drivers.simulation import Simulation


@pytest.fixture(params=["pty", "evdev"])
def scanner(request: pytest.FixtureRequest) -> Iterator[Simulation]:
    with Simulation(SimulatedCodeScanner()).start(request.param, control="127.0.0.1:0") as simulation:
        yield simulation


def read(link: str, *words: str) -> Result:
    return CliRunner().invoke(device, ["read", "code-scanner", "--link", link, *words])


def read_while_shown(scanner: Simulation, text: str, *words: str) -> Result:
    """Shows the code again and again until the command has read it: only the command knows when it listens."""
    done = threading.Event()

    def keep_showing() -> None:
        assert isinstance(scanner.device, SimulatedCodeScanner)
        while not done.wait(0.3):
            scanner.device.show(text)

    shower = threading.Thread(target=keep_showing)
    shower.start()
    try:
        return read(scanner.link, "--wait", "20", *words)
    finally:
        done.set()
        shower.join()


def test_a_code_is_printed_by_the_driver_that_opens_the_link(scanner: Simulation) -> None:
    told = read_while_shown(scanner, "ZZ-0042", "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == {"text": "ZZ-0042", "hex": b"ZZ-0042".hex(), "symbology": None}
    assert read_while_shown(scanner, "ZZ-0043").stdout == "ZZ-0043\n"


def test_no_code_is_told_after_the_wait(scanner: Simulation) -> None:
    told = read(scanner.link, "--wait", "0", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["health"]["code"] == "code_scanner.untried"
    assert told.stderr == "Error: 等了 0 秒没有扫到码。请把码对准扫码窗，再试一次。\n"


def test_what_is_no_code_is_told_and_fails(scanner: Simulation) -> None:
    scanner.device.happen("garbage on the line")
    told = read_while_shown(scanner, "ZZ-0042", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["cause"] == "environment"
    assert told.stderr.startswith("Error: ")


def test_the_door_shows_a_code_and_refuses_what_is_none(scanner: Simulation) -> None:
    assert scanner.control is not None
    with httpx.Client(base_url=scanner.control, trust_env=False, timeout=10.0) as door:
        assert door.post("/code", json={"text": "ZZ-0042"}).json()["reads"] == 1
        assert door.post("/code", json={"text": ""}).status_code == 400
        assert "ZZ-0042" not in door.get("/state").text
        assert "/code" in door.get("/openapi.json").json()["paths"]
