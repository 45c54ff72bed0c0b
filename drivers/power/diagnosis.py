"""From what the supply or its server says to whose fault it is and what to tell whom."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis
from drivers.health import Cause, State
from drivers.power.status import BATTERY_LOW, ON_BATTERY, READY

SILENT: Final = "silent"
LINK_LOST: Final = "link_lost"
UNEXPECTED: Final = "unexpected"

POWER: Final = Diagnosis(
    "power",
    MappingProxyType(
        {
            READY: (State.ready, None),
            ON_BATTERY: (State.limited, Cause.environment),
            BATTERY_LOW: (State.limited, Cause.environment),
            "recharging": (State.limited, Cause.environment),
            "overloaded": (State.limited, Cause.environment),
            "bypass": (State.limited, Cause.device),
            "calibrating": (State.limited, Cause.device),
            "replace_battery": (State.limited, Cause.device),
            "off": (State.failed, Cause.device),
            # Nobody can say where the power comes from.
            "unclear": (State.unknown, Cause.device),
            "waiting": (State.unknown, Cause.device),
            "stale": (State.unknown, Cause.device),
            "driver_away": (State.unknown, Cause.environment),
            SILENT: (State.unknown, Cause.device),
            UNEXPECTED: (State.unknown, Cause.device),
            "unknown_ups": (State.absent, Cause.us),
            "denied": (State.unknown, Cause.us),
            LINK_LOST: (State.absent, Cause.environment),
        }
    ),
)

_REFUSALS: Final = MappingProxyType(
    {
        "DATA-STALE": "stale",
        "DRIVER-NOT-CONNECTED": "driver_away",
        "UNKNOWN-UPS": "unknown_ups",
        "ACCESS-DENIED": "denied",
        "USERNAME-REQUIRED": "denied",
        "PASSWORD-REQUIRED": "denied",
        # The supply is there but has not said how it is.
        "VAR-NOT-SUPPORTED": "unclear",
    }
)


def refused(code: str) -> str:
    """The name for the server's own refusal; one it never documented is unexpected."""
    return _REFUSALS.get(code, UNEXPECTED)
