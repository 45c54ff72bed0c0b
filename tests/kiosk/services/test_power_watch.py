"""What is believed of the power, over the real driver and the simulated supply, on a clock turned by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drivers.health import State
from drivers.power.diagnosis import POWER
from drivers.power.simulator import SimulatedPower
from drivers.simulation import Simulation
from kiosk.doors import ManualDoor
from kiosk.journey.power import Power
from kiosk.services.power_watch import Patience, PowerWatch, power_of
from kiosk.services.roles import Slot
from kiosk.settings import DeviceSetting
from tests.drivers.power.upsd import RealUpsd
from tests.kiosk.journey.people import NOW

PATIENCE = Patience(poll_s=2, cut_s=3, back_s=5, silent_s=300)


class Ground:
    def __init__(self, link: str, answer_s: float = 0.3) -> None:
        self.now = 0.0
        self.door = ManualDoor()
        self.told: list[Power] = []
        setting = DeviceSetting("ups", "power", None, link, {"answer_s": answer_s})
        self.slot = Slot("ups", setting, self.door, changed=lambda _role, _ready: None)
        self.watch = PowerWatch(self.slot, self.told.append, PATIENCE, deadline_s=5, monotonic=lambda: self.now)

    def go_on(self, seconds: float) -> None:
        """Half a second after the other, as the terminal ticks."""
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            self.watch.tick()
            self.door.turn_all()

    def close(self) -> None:
        self.slot.close()
        self.door.turn_all()


@pytest.fixture
def device() -> Iterator[SimulatedPower]:
    device = SimulatedPower()
    with Simulation(device).start():
        yield device


@pytest.fixture
def ground(device: SimulatedPower) -> Iterator[Ground]:
    ground = Ground(device.link)
    ground.go_on(10)
    yield ground
    ground.close()


def test_a_power_cut_is_believed_when_it_lasts_and_so_is_its_end(ground: Ground, device: SimulatedPower) -> None:
    device.happen("power_cut")
    ground.go_on(6)
    assert ground.told == [Power.BATTERY]
    device.happen("battery_low")
    ground.go_on(3)
    assert ground.told == [Power.BATTERY, Power.LOW]
    device.clear()
    ground.go_on(4)
    assert ground.told == [Power.BATTERY, Power.LOW]
    ground.go_on(5)
    assert ground.told == [Power.BATTERY, Power.LOW, Power.MAINS]


def test_a_blip_is_no_power_cut(ground: Ground, device: SimulatedPower) -> None:
    device.fail_next("on_battery")
    ground.go_on(20)
    assert ground.told == []


def test_a_supply_that_falls_silent_on_battery_is_believed_to_be_on_battery_for_a_while(
    ground: Ground, device: SimulatedPower
) -> None:
    device.happen("power_cut")
    ground.go_on(6)
    device.fault("data_stale")
    ground.go_on(290)
    assert ground.told == [Power.BATTERY]
    assert ground.slot.health.state is State.unknown
    ground.go_on(20)
    assert ground.told == [Power.BATTERY, Power.MAINS]


def test_a_supply_that_cannot_be_asked_turns_nobody_away(ground: Ground, device: SimulatedPower) -> None:
    device.fault("unplugged")
    ground.go_on(30)
    assert ground.told == []
    assert ground.slot.health.code.endswith((".refused", ".link_lost"))
    device.clear()
    ground.go_on(4)
    assert ground.slot.health.code == "power.ready"


@pytest.mark.parametrize("name", POWER.names)
def test_only_what_says_so_is_a_power_cut(name: str) -> None:
    health = POWER.health(name, NOW)
    believed = power_of(health)
    assert (believed is Power.BATTERY) == (name == "on_battery")
    assert (believed is Power.LOW) == (name == "battery_low")
    assert (believed is None) == (health.state in (State.unknown, State.absent))


def test_a_real_server_with_a_real_driver_behind_it_is_believed_alike(tmp_path: Path) -> None:
    with RealUpsd(tmp_path) as upsd, closing(Ground(upsd.link, answer_s=3.0)) as ground:

        def told(power: Power) -> bool:
            ground.go_on(1)
            return ground.told[-1:] == [power]

        upsd.tell("OB DISCHRG", 80, 900)
        upsd.wait(lambda: told(Power.BATTERY))
        upsd.tell("OB DISCHRG LB", 9, 60)
        upsd.wait(lambda: told(Power.LOW))
        upsd.tell("OL CHRG", 9, 60)
        upsd.wait(lambda: told(Power.MAINS))
        assert ground.told == [Power.BATTERY, Power.LOW, Power.MAINS]
