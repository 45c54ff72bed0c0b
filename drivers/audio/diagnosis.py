"""From what the sound device did to whose fault it is and what to tell whom."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis
from drivers.health import Cause, State

READY: Final = "ready"
NOT_TRIED: Final = "not_tried"
STOPPED: Final = "stopped"
HUNG: Final = "hung"
BROKEN: Final = "broken"
NOT_HEARD: Final = "not_heard"
MIC_SILENT: Final = "microphone_silent"
NULL: Final = "null_device"

AUDIO: Final = Diagnosis(
    "audio",
    MappingProxyType(
        {
            READY: (State.ready, None),
            STOPPED: (State.ready, Cause.person),
            NOT_TRIED: (State.unknown, None),
            "absent": (State.absent, Cause.environment),
            "busy": (State.limited, Cause.environment),
            "denied": (State.failed, Cause.us),
            HUNG: (State.failed, Cause.device),
            BROKEN: (State.failed, Cause.device),
            NOT_HEARD: (State.limited, Cause.environment),
            MIC_SILENT: (State.limited, Cause.environment),
            NULL: (State.limited, Cause.us),
        }
    ),
)

_SAID: Final = (
    ("busy", ("Device or resource busy",)),
    ("denied", ("Permission denied", "Operation not permitted")),
    ("absent", ("No such file or directory", "No such device", "Invalid argument value for card")),
)


def name_of(complaint: str) -> str:
    """The name for what alsa-utils complained of; their words are those of the C library, asked for in English."""
    return next((name for name, words in _SAID if any(word in complaint for word in words)), BROKEN)
