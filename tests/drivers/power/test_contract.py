"""The contract, kept by the NUT driver before the simulator and before a real upsd with dummy-ups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.power.nut import NutSupply
from drivers.power.port import BatteryLow, OnBattery, OnMains, PowerState
from drivers.power.simulator import SimulatedPower
from drivers.simulation import Simulation
from tests.drivers.power.contract import PowerSupplyContract
from tests.drivers.power.upsd import RealUpsd


@dataclass
class SimulatedStand:
    """The driver before the simulator."""

    device: SimulatedPower
    supply: NutSupply

    def mains_fail(self) -> None:
        self.device.battery(64.0, 900.0)
        self.device.happen("power_cut")

    def battery_runs_low(self) -> None:
        self.device.happen("battery_low")

    def mains_return(self) -> None:
        self.device.clear()

    def go_away(self) -> None:
        self.device.fault("unplugged")

    def come_back(self) -> None:
        self.device.clear()


class TestBeforeTheSimulator(PowerSupplyContract):
    @pytest.fixture
    def stand(self) -> Iterator[SimulatedStand]:
        device = SimulatedPower()
        with Simulation(device).start():
            supply = NutSupply(device.link, answer_s=1.0)
            supply.open()
            yield SimulatedStand(device, supply)
            supply.close()


@dataclass
class RealStand:
    """The driver before the real thing; each change is waited for, because dummy-ups reads its file once a second."""

    upsd: RealUpsd
    supply: NutSupply

    def until(self, state: type[PowerState]) -> None:
        self.upsd.wait(lambda: isinstance(self.supply.read(), state))

    def mains_fail(self) -> None:
        self.upsd.tell("OB DISCHRG", 64, 900)
        self.until(OnBattery)

    def battery_runs_low(self) -> None:
        self.upsd.tell("OB DISCHRG LB", 7, 60)
        self.until(BatteryLow)

    def mains_return(self) -> None:
        self.upsd.tell("OL CHRG", 12, 200)
        self.until(OnMains)

    def go_away(self) -> None:
        self.upsd.stop_server()

    def come_back(self) -> None:
        self.upsd.start_server()
        self.until(OnMains)


@pytest.fixture
def upsd(tmp_path: Path) -> Iterator[RealUpsd]:
    with RealUpsd(tmp_path) as upsd:
        yield upsd


@pytest.fixture
def before_upsd(upsd: RealUpsd) -> Iterator[RealStand]:
    supply = NutSupply(upsd.link)
    supply.open()
    stand = RealStand(upsd, supply)
    stand.until(OnMains)
    yield stand
    supply.close()


class TestBeforeARealUpsd(PowerSupplyContract):
    @pytest.fixture
    def stand(self, before_upsd: RealStand) -> RealStand:
        return before_upsd


def test_a_real_server_whose_driver_ended_says_so_and_recovers(before_upsd: RealStand) -> None:
    before_upsd.upsd.stop_driver()
    supply = before_upsd.supply
    before_upsd.upsd.wait(lambda: supply.health().code == "power.driver_away")
    before_upsd.upsd.start_driver()
    before_upsd.until(OnMains)


def test_a_real_server_does_not_know_another_name(upsd: RealUpsd) -> None:
    supply = NutSupply(upsd.link.rpartition("/")[0] + "/nothing")
    supply.open()
    assert supply.health().code == "power.unknown_ups"
    supply.close()
