"""The simulated server answers what a real one answers, and its door says how the battery is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from drivers.power.answer import LINE_BYTES_MAX
from drivers.power.simulator import SimulatedPower
from drivers.power.tcp_link import TcpLink, connect_tcp
from drivers.simulation import Simulation

PATIENCE_S: Final = 5.0


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    with Simulation(SimulatedPower()).start(control="127.0.0.1:0") as simulation:
        yield simulation


@pytest.fixture
def line(simulation: Simulation) -> Iterator[TcpLink]:
    port = int(simulation.link.split(":")[2].partition("/")[0])
    link = connect_tcp(f"127.0.0.1:{port}")
    yield link
    link.close()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        # the answers of upsd 2.8.0 to the same lines
        ("NETVER", "1.3\n"),
        ("PROTVER", "1.3\n"),
        ("LIST UPS", 'BEGIN LIST UPS\nUPS simulated "simulated"\nEND LIST UPS\n'),
        ("GET VAR simulated ups.status", 'VAR simulated ups.status "OL"\n'),
        ('GET VAR "simulated" battery.charge', 'VAR simulated battery.charge "100"\n'),
        ("GET VAR nope ups.status", "ERR UNKNOWN-UPS\n"),
        ("LIST VAR nope", "ERR UNKNOWN-UPS\n"),
        ("GET VAR simulated nope", "ERR VAR-NOT-SUPPORTED\n"),
        ("BLAH", "ERR UNKNOWN-COMMAND\n"),
        ("GET", "ERR INVALID-ARGUMENT\n"),
        ('GET VAR "', "ERR INVALID-ARGUMENT\n"),
        ("x" * (LINE_BYTES_MAX + 10), "ERR INVALID-ARGUMENT\n"),
        ("LOGOUT", "OK Goodbye\n"),
    ],
)
def test_the_simulator_answers_as_the_real_server_does(line: TcpLink, asked: str, answered: str) -> None:
    line.write(asked.encode() + b"\n")
    assert line.read(4096, PATIENCE_S) == answered.encode()


def test_it_names_its_version_like_any_server(line: TcpLink) -> None:
    line.write(b"VER\n")
    assert line.read(4096, PATIENCE_S).startswith(b"Network UPS Tools upsd ")


def test_the_door_sets_the_battery_and_the_list_tells_it(simulation: Simulation, line: TcpLink) -> None:
    assert simulation.control is not None
    wanted = {"charge_percent": 41.5, "runtime_s": 600}
    told = httpx.post(f"{simulation.control}/battery", json=wanted).json()
    assert told["variables"]["battery.charge"] == "41.5"
    line.write(b"LIST VAR simulated\n")
    listed = line.read(4096, PATIENCE_S).decode()
    assert 'battery.charge "41.5"' in listed
    assert 'battery.runtime "600"' in listed
    assert httpx.post(f"{simulation.control}/battery", json={"charge_percent": 200, "runtime_s": 1}).status_code == 400
