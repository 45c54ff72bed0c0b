"""What a document camera can be, and whose fault each is."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.camera.document.port import Reason
from drivers.diagnosis import Diagnosis, Verdict
from drivers.health import Cause, State

_ENVIRONMENT: Final = (Reason.dark, Reason.glare)
_REFUSALS: Final[dict[str, Verdict]] = {
    # The picture's: the camera itself is well.
    reason.value: (State.ready, Cause.environment if reason in _ENVIRONMENT else Cause.person)
    for reason in Reason
}

DIAGNOSIS: Final = Diagnosis(
    "document_camera",
    MappingProxyType(
        {
            "ready": (State.ready, None),
            "unknown": (State.unknown, None),
            **_REFUSALS,
            "covered": (State.limited, Cause.environment),
            "absent": (State.absent, Cause.environment),
            "silent": (State.failed, Cause.device),
            "frozen": (State.failed, Cause.device),
            "unreadable": (State.failed, Cause.device),
            "hung": (State.failed, Cause.device),
            "died": (State.failed, Cause.device),
            "reader_hung": (State.failed, Cause.us),
            "reader_died": (State.failed, Cause.us),
            "font": (State.failed, Cause.environment),
        }
    ),
)
