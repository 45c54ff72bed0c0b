"""From the variables of a supply to what they mean; the words of `ups.status` are those of the NUT variable list."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from drivers.power.port import Battery

STATUS: Final = "ups.status"
CHARGE: Final = "battery.charge"
RUNTIME: Final = "battery.runtime"
RUNTIME_S_MAX: Final = 7 * 24 * 3600.0
"""A week: firmware that does not know the runtime says things like 65535 minutes."""

READY: Final = "ready"
ON_BATTERY: Final = "on_battery"
BATTERY_LOW: Final = "battery_low"
ON_MAINS: Final = (READY, "off", "replace_battery", "overloaded", "bypass", "calibrating", "recharging")
"""What a supply can be while the mains are there."""


def name_of(status: str) -> str:
    """The one thing to be told of a status, the most pressing first; a name of the diagnosis."""
    words = frozenset(status.split())
    found = (
        # The server has been told to cut the power: that is the end, whatever else holds.
        (BATTERY_LOW, "FSD" in words or {"OB", "LB"} <= words),
        # A calibration runs on battery on purpose, with the mains there.
        ("calibrating", {"OB", "CAL"} <= words),
        (ON_BATTERY, "OB" in words),
        ("waiting", "WAIT" in words),
        ("off", "OFF" in words),
        ("unclear", "OL" not in words and "BYPASS" not in words),
        ("replace_battery", "RB" in words),
        ("overloaded", "OVER" in words),
        ("bypass", "BYPASS" in words),
        ("calibrating", "CAL" in words),
        ("recharging", "LB" in words),
    )
    return next((name for name, holds in found if holds), READY)


def battery_of(variables: Mapping[str, str]) -> Battery:
    """Charge and runtime, each None where it is not said or cannot be true."""
    return Battery(_number(variables.get(CHARGE), 100.0), _number(variables.get(RUNTIME), RUNTIME_S_MAX))


def _number(text: str | None, most: float) -> float | None:
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return value if 0.0 <= value <= most else None
