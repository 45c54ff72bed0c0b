"""`zhizhu device read social-card` on the real pcscd, and the door of the simulated card."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner, Result

from drivers.commands import device
from drivers.simulation import Simulation
from drivers.social_card.record import to_record
from drivers.social_card.simulator import SimulatedSocialCard
from tests.drivers.social_card.pcscd import Daemon
from tests.drivers.social_card.people import ZHANG


@pytest.fixture
def card(daemon: Daemon) -> Iterator[Simulation]:
    with Simulation(SimulatedSocialCard()).start(f"vpcd:{daemon.vpcd_port}", control="127.0.0.1:0") as simulation:
        yield simulation


@pytest.fixture
def door(card: Simulation) -> Iterator[httpx.Client]:
    assert card.control is not None
    with httpx.Client(base_url=card.control, trust_env=False, timeout=10.0) as client:
        yield client


def read(link: str, *words: str) -> Result:
    return CliRunner().invoke(device, ["read", "social-card", "--link", link, *words])


def test_a_card_put_in_through_the_door_is_printed(card: Simulation, door: httpx.Client) -> None:
    # The hand is slower than the service's look, so a card that was there before is noticed to be gone.
    assert door.post("/card", json=to_record(ZHANG)).json()["card"] == {"version": "2.00"}
    assert ZHANG.card_number not in door.get("/state").text
    told = read(card.link, "--wait", "20", "--json")
    while "social_card.mute" in told.stdout or "social_card.pulled" in told.stdout:
        told = read(card.link, "--wait", "20", "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == to_record(ZHANG)
    assert told.stderr == "请取回社保卡。\n"
    assert f"card_number: {ZHANG.card_number}\n" in read(card.link, "--wait", "20").stdout
    assert door.delete("/card").json()["card"] is None


def test_a_card_that_cannot_be_is_refused_at_the_door(door: httpx.Client) -> None:
    assert door.post("/card", json={"name": "张三"}).status_code == 400
    assert door.post("/card", json={**to_record(ZHANG), "name": "长" * 16}).status_code == 400


def test_a_fault_is_told_in_one_sentence_and_as_json(card: Simulation, door: httpx.Client) -> None:
    door.post("/fault", json={"state": "wrong_application"})
    door.post("/card", json=to_record(ZHANG))
    told = read(card.link, "--wait", "20", "--json")
    while "social_card.mute" in told.stdout or "social_card.pulled" in told.stdout:
        told = read(card.link, "--wait", "20", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["fault"] == {"code": "social_card.wrong_card", "sw": "6a82"}
    assert told.stderr.startswith("Error: 卡上没有社保应用")
    assert told.stderr.endswith("请取回社保卡。\n")


def test_no_card_and_no_reader_are_told_apart(daemon: Daemon) -> None:
    told = read("pcsc://1", "--wait", "0", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["fault"] == {"code": "social_card.no_card", "sw": None}
    assert told.stderr == "Error: 等了 0 秒没有卡。请把社保卡芯片朝里插到底，再试一次。\n"
    absent = read("pcsc://9", "--wait", "0")
    assert absent.exit_code == 1
    assert absent.stderr.startswith("Error: 找不到这个读卡器")


def test_a_link_that_is_none_is_one_sentence() -> None:
    told = read("usb://0")
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: 看不懂社保卡读卡器的链接")
