"""What every driver of a power supply must do. A driver's tests subclass this and give the fixture `stand`."""

from __future__ import annotations

from typing import Protocol

import pytest

from drivers.health import Cause, State
from drivers.power.port import Battery, BatteryLow, OnBattery, OnMains, PowerSupply, PowerUnknown
from drivers.trouble import WrongState


class Stand(Protocol):
    """A supply on the floor, its driver opened, with somebody at the fuse box."""

    @property
    def supply(self) -> PowerSupply: ...

    def mains_fail(self) -> None:
        """The mains go; the battery holds 64 % and 900 s."""

    def battery_runs_low(self) -> None: ...

    def mains_return(self) -> None: ...

    def go_away(self) -> None:
        """Whoever speaks for the supply ends."""

    def come_back(self) -> None: ...


class PowerSupplyContract:
    """The truth about the power, whatever the driver."""

    def test_mains_are_told_and_the_supply_is_ready(self, stand: Stand) -> None:
        assert isinstance(stand.supply.read(), OnMains)
        assert stand.supply.health().state is State.ready

    def test_a_power_cut_is_told_with_what_the_battery_holds(self, stand: Stand) -> None:
        stand.mains_fail()
        assert stand.supply.read() == OnBattery(Battery(64.0, 900.0))
        health = stand.supply.health()
        assert (health.state, health.cause, health.code) == (State.limited, Cause.environment, "power.on_battery")

    def test_a_battery_that_runs_low_is_told(self, stand: Stand) -> None:
        stand.battery_runs_low()
        assert isinstance(stand.supply.read(), BatteryLow)
        assert stand.supply.health().code == "power.battery_low"

    def test_returning_mains_are_told(self, stand: Stand) -> None:
        stand.battery_runs_low()
        stand.supply.read()
        stand.mains_return()
        assert isinstance(stand.supply.read(), OnMains)

    def test_nobody_to_ask_is_never_mains(self, stand: Stand) -> None:
        stand.go_away()
        said = stand.supply.read()
        assert isinstance(said, PowerUnknown)
        assert said.health.state in (State.unknown, State.absent)
        assert stand.supply.health().state in (State.unknown, State.absent)

    def test_whoever_comes_back_is_heard_without_help(self, stand: Stand) -> None:
        stand.go_away()
        stand.supply.read()
        stand.come_back()
        assert isinstance(stand.supply.read(), OnMains)

    def test_since_stays_while_the_power_does(self, stand: Stand) -> None:
        first = stand.supply.health()
        assert stand.supply.health() == first
        stand.mains_fail()
        assert stand.supply.health().since >= first.since

    def test_calls_out_of_order_are_refused(self, stand: Stand) -> None:
        with pytest.raises(WrongState):
            stand.supply.open()
        stand.supply.close()
        stand.supply.close()
        with pytest.raises(WrongState):
            stand.supply.read()
        with pytest.raises(WrongState):
            stand.supply.health()
        stand.supply.open()
        assert isinstance(stand.supply.read(), OnMains)
