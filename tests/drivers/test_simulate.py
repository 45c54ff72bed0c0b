"""The frame of simulators: the wire that can be pulled, and the door to break a device by."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from drivers.link import LinkLost, LinkRefused, open_link
from drivers.registry import KINDS, load
from drivers.simulation import Simulation, Situation, WireDevice, simulate
from drivers.simulation.control import BODY_BYTES_MAX, door
from drivers.trouble import DeviceTrouble

JSON: Final = {"Content-Type": "application/json"}
ROOT: Final = Path(__file__).resolve().parents[2]


class Echo(WireDevice):
    """Says what it hears."""

    kind: ClassVar[str] = "echo"
    faults: ClassVar[Mapping[str, str]] = {"deaf": "听不见", "mumbling": "说不清"}
    situations: ClassVar[Mapping[str, Situation]] = {
        "deaf for good": Situation("聋了", ("deaf",)),
        "deaf after two": Situation("两次后聋了", ("deaf", "mumbling"), after=2),
    }

    def hear(self, data: bytes) -> None:
        self.operation()
        if not self.has("deaf"):
            self.say(data.upper())


@pytest.fixture(params=["pty", "tcp:0"])
def echo(request: pytest.FixtureRequest) -> Iterator[Simulation]:
    with Simulation(Echo()).start(link=request.param, control="127.0.0.1:0") as simulation:
        yield simulation


def ask(simulation: Simulation, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    assert simulation.control is not None
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(simulation.control + path, data=data, method=method, headers=JSON)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def talk(link_url: str) -> bytes:
    link = open_link(link_url)
    try:
        link.write(b"hello")
        heard = b""
        while len(heard) < 5 and (piece := link.read(10, 5.0)):
            heard += piece
        return heard
    finally:
        link.close()


def test_one_driver_after_the_other_is_served(echo: Simulation) -> None:
    assert talk(echo.link) == talk(echo.link) == b"HELLO"


def test_a_pulled_wire_is_lost_cannot_be_opened_and_comes_back_under_its_name(echo: Simulation) -> None:
    name = echo.link
    link = open_link(name)
    status, told = ask(echo, "POST", "/fault", {"state": "unplugged"})
    assert (status, told["kind"], told["link"], told["fault"]) == (200, "echo", name, "unplugged")
    with pytest.raises(LinkLost):
        link.read(1, 5.0)
    link.close()
    with pytest.raises(LinkRefused):
        open_link(name)
    assert ask(echo, "POST", "/clear")[1]["fault"] is None
    assert echo.link == name
    assert talk(name) == b"HELLO"


def test_a_fault_is_named_and_follows_another(echo: Simulation) -> None:
    assert ask(echo, "POST", "/fault", {"state": "deaf"})[1]["fault"] == "deaf"
    assert ask(echo, "GET", "/state")[1]["fault"] == "deaf"
    assert ask(echo, "POST", "/fault", {"state": "unplugged"})[0] == 200
    assert ask(echo, "POST", "/fault", {"state": "deaf"})[1]["fault"] == "deaf"
    link = open_link(echo.link)
    link.write(b"x")
    assert link.read(1, 0.1) == b""
    link.close()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/fault", {"state": "melted"}),
        ("POST", "/fault", {}),
        ("POST", "/fault", [1]),
        ("POST", "/fault", b"{no json"),
        ("POST", "/fault", b"\xff\xfe"),
        ("POST", "/fail_next", {"state": "deaf", "times": 0}),
        ("POST", "/fail_next", {"state": "unplugged"}),
        ("POST", "/fail_repeatedly", {"state": "melted"}),
        ("POST", "/delay", {"seconds": -1}),
        ("POST", "/quality", {"value": 2}),
        ("POST", "/situations/flood", None),
    ],
)
def test_what_the_door_cannot_answer_is_a_400_with_the_reason(
    echo: Simulation, method: str, path: str, body: object
) -> None:
    status, told = ask(echo, method, path, body)
    assert status == 400
    assert told["error"]


def deaf_to(simulation: Simulation, times: int) -> list[bool]:
    """Whether each of so many words was left without an echo."""
    deaf = []
    link = open_link(simulation.link)
    for _ in range(times):
        link.write(b"x")
        deaf.append(link.read(1, 0.3) == b"")
    link.close()
    return deaf


def test_only_the_next_operations_fail(echo: Simulation) -> None:
    assert ask(echo, "POST", "/fail_next", {"state": "deaf", "times": 2})[0] == 200
    assert deaf_to(echo, 4) == [True, True, False, False]


def test_every_so_many_operations_one_fails_until_cleared(echo: Simulation) -> None:
    assert ask(echo, "POST", "/fail_repeatedly", {"state": "deaf", "every": 2})[0] == 200
    assert deaf_to(echo, 5) == [False, True, False, True, False]
    ask(echo, "POST", "/clear")
    assert deaf_to(echo, 2) == [False, False]


def test_a_situation_happens_when_it_should_and_stays(echo: Simulation) -> None:
    assert ask(echo, "POST", "/situations/deaf%20after%20two")[1]["begins_after"] == 2
    assert deaf_to(echo, 4) == [False, False, True, True]
    assert ask(echo, "GET", "/state")[1]["faults"] == ["deaf", "mumbling"]
    begun = ask(echo, "POST", "/situations/deaf%20for%20good")[1]
    assert (begun["faults"], begun["begins_after"]) == (["deaf"], 0)
    assert deaf_to(echo, 1) == [True]


def test_a_plan_ends_with_the_next_fault(echo: Simulation) -> None:
    echo.device.fail_repeatedly("deaf", 1)
    echo.device.fault("mumbling")
    assert deaf_to(echo, 2) == [False, False]


def test_unplug_and_replug_are_words_of_the_door(echo: Simulation) -> None:
    assert ask(echo, "POST", "/unplug")[1]["fault"] == "unplugged"
    with pytest.raises(LinkRefused):
        open_link(echo.link)
    assert ask(echo, "POST", "/replug")[1]["fault"] is None
    assert talk(echo.link) == b"HELLO"


def test_a_delayed_answer_comes_later_and_in_order(echo: Simulation) -> None:
    assert ask(echo, "POST", "/delay", {"seconds": 0.3})[1]["delay_s"] == 0.3
    link = open_link(echo.link)
    link.write(b"a")
    assert link.read(1, 0.05) == b""
    ask(echo, "POST", "/delay", {"seconds": 0})
    link.write(b"b")
    assert link.read(1, 5.0) + link.read(1, 5.0) == b"AB"
    link.close()


def test_a_line_of_no_quality_never_says_the_right_thing(echo: Simulation) -> None:
    ask(echo, "POST", "/quality", {"value": 0})
    assert talk(echo.link) != b"HELLO"
    ask(echo, "POST", "/clear")
    assert talk(echo.link) == b"HELLO"


def test_the_door_describes_itself(echo: Simulation) -> None:
    described = ask(echo, "GET", "/openapi.json")[1]
    assert {"/state", "/fault", "/fail_next", "/fail_repeatedly", "/delay", "/quality", "/situations/{name}"} <= set(
        described["paths"]
    )
    told = ask(echo, "GET", "/situations")[1]
    assert told["situations"]["deaf for good"] == "聋了"
    assert set(told["faults"]) == {"deaf", "mumbling", "unplugged"}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/state", 405)])
def test_what_the_door_does_not_have_is_not_found(echo: Simulation, method: str, path: str, status: int) -> None:
    assert ask(echo, method, path)[0] == status


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_describes_its_door_and_names_its_faults_in_chinese(kind: str) -> None:
    device = load(KINDS[kind].simulator)()
    assert door(device).openapi()["info"]["title"].endswith(kind)
    for situation in device.situations.values():
        assert situation.faults
        assert set(situation.faults) <= set(device.fault_titles())
    assert not any(title.isascii() for title in device.fault_titles().values())


def test_a_body_beyond_the_bound_is_refused_unread(echo: Simulation) -> None:
    assert echo.control is not None
    host, _, port = echo.control.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"POST /fault HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_BYTES_MAX + 1}\r\n\r\n".encode())
        assert b" 400 " in connection.recv(1000).splitlines()[0]


@pytest.mark.parametrize("wish", ["tcp:http", "tcp:99999", "usb", ""])
def test_a_link_that_cannot_be_offered_is_told(wish: str) -> None:
    with pytest.raises(DeviceTrouble) as trouble:
        Simulation(Echo()).start(link=wish)
    assert trouble.value.code == "simulate.link"


@pytest.mark.parametrize("address", ["8080", "localhost:http", "127.0.0.1:99999"])
def test_a_door_that_cannot_be_opened_is_told_and_leaves_nothing_behind(address: str) -> None:
    echo = Echo()
    with pytest.raises(DeviceTrouble):
        Simulation(echo).start(control=address)
    with pytest.raises(RuntimeError):
        _ = echo.link


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for wish in ({"link": f"tcp:{port}"}, {"control": f"127.0.0.1:{port}"}):
            with pytest.raises(DeviceTrouble) as trouble:
                Simulation(Echo()).start(**wish)
            assert trouble.value.code == "simulate.port_in_use"


def test_a_simulation_is_made_by_the_name_of_its_kind() -> None:
    with simulate("id-card").start() as simulation:
        assert simulation.device.state()["card"] is None


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_one_line_and_cleans_up_when_ended(ending: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.command", "device", "simulate", "id-card", "--control", "127.0.0.1:0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"kind", "link", "control"}
        assert told["kind"] == "id_card"
        assert Path(told["link"]).is_char_device()
        with urllib.request.urlopen(told["control"] + "/state", timeout=10) as answer:
            assert json.load(answer)["card"] is None
        process.send_signal(ending)
        assert process.wait(timeout=20) == 0
    assert not Path(told["link"]).exists()
    assert not Path(told["link"]).parent.exists()
