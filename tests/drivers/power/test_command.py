"""`zhizhu device read power`, before the simulator and before a real upsd."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drivers.commands import device
from drivers.power.simulator import SimulatedPower
from drivers.simulation import Simulation
from tests.drivers.power.upsd import RealUpsd


@pytest.fixture
def simulated() -> Iterator[SimulatedPower]:
    simulated = SimulatedPower()
    with Simulation(simulated).start():
        yield simulated


def read(link: str, *more: str) -> Result:
    return CliRunner().invoke(device, ["read", "power", "--link", link, *more])


@pytest.mark.parametrize(("fault", "power"), [("on_battery", "battery"), ("battery_low", "low")])
def test_a_reading_tells_where_the_power_comes_from(simulated: SimulatedPower, fault: str, power: str) -> None:
    well = read(simulated.link, "--json")
    assert well.exit_code == 0, well.output
    assert json.loads(well.stdout)["power"] == "mains"
    simulated.fault(fault)
    told = json.loads(read(simulated.link, "--json").stdout)
    assert told["power"] == power
    assert told["health"]["state"] == "limited"
    assert told["charge_percent"] is not None


def test_a_supply_nobody_can_speak_for_is_unknown_and_not_well(simulated: SimulatedPower) -> None:
    simulated.fault("data_stale")
    done = read(simulated.link, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["power"], told["health"]["code"]) == ("unknown", "power.stale")
    assert (told["charge_percent"], told["runtime_s"]) == (None, None)


def test_the_plain_reading_is_the_technicians_sentence(simulated: SimulatedPower) -> None:
    assert "市电正常" in read(simulated.link).stdout


def test_a_real_upsd_is_read(tmp_path: Path) -> None:
    upsd = RealUpsd(tmp_path)
    upsd.tell("OB DISCHRG", 55, 700)
    with upsd:
        upsd.wait(lambda: json.loads(read(upsd.link, "--json").stdout)["power"] == "battery")
        told = json.loads(read(upsd.link, "--json").stdout)
    assert (told["charge_percent"], told["runtime_s"]) == (55.0, 700.0)
