"""From what the kernel answered to whose fault it is and what to tell whom."""

from __future__ import annotations

import errno
from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis
from drivers.health import Cause, State

READY: Final = "ready"
FLAPPING: Final = "flapping"
STUCK: Final = "stuck"
SILENT: Final = "silent"

DIGITAL_LINE: Final = Diagnosis(
    "digital_line",
    MappingProxyType(
        {
            READY: (State.ready, None),
            FLAPPING: (State.unknown, Cause.environment),
            STUCK: (State.limited, Cause.device),
            "absent": (State.absent, Cause.environment),
            "busy": (State.failed, Cause.environment),
            "denied": (State.failed, Cause.us),
            "no_lines": (State.failed, Cause.us),
            SILENT: (State.unknown, Cause.device),
        }
    ),
)

_ERRNOS: Final = MappingProxyType(
    {
        errno.EBUSY: "busy",
        errno.EACCES: "denied",
        errno.EPERM: "denied",
        # The device has no such line: a pseudo-terminal, another kind of file, a chip with fewer lines.
        errno.ENOTTY: "no_lines",
        errno.EINVAL: "no_lines",
        errno.EISDIR: "no_lines",
        errno.ETIMEDOUT: SILENT,
    }
)


def name_of(error: OSError) -> str:
    """The name for a kernel's errno; whatever is not listed means that the device is not there (any more)."""
    return _ERRNOS.get(error.errno or 0, "absent")
