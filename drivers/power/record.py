"""Where the power comes from as JSON values, for the command line."""

from __future__ import annotations

from typing import Any, assert_never

from drivers.power.port import Battery, BatteryLow, OnBattery, OnMains, PowerState, PowerUnknown


def to_record(state: PowerState) -> dict[str, Any]:
    """`power` is mains, battery, low or unknown; charge and runtime are null where nobody says."""
    match state:
        case OnMains(battery):
            return _record("mains", battery)
        case OnBattery(battery):
            return _record("battery", battery)
        case BatteryLow(battery):
            return _record("low", battery)
        case PowerUnknown():
            return _record("unknown", Battery())
    assert_never(state)


def _record(power: str, battery: Battery) -> dict[str, Any]:
    return {"power": power, "charge_percent": battery.charge_percent, "runtime_s": battery.runtime_s}
