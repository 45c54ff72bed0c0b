"""From what went wrong to whose fault it is; the texts are in seeds/texts/drivers_code_scanner.yaml."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis
from drivers.health import Cause, State

READY: Final = "ready"
UNTRIED: Final = "untried"
SILENT: Final = "silent"
ABSENT: Final = "absent"

SCANNER: Final = Diagnosis(
    "code_scanner",
    MappingProxyType(
        {
            READY: (State.ready, None),
            # Most scanners cannot be asked: until the first code nobody knows.
            UNTRIED: (State.unknown, None),
            SILENT: (State.unknown, Cause.device),
            ABSENT: (State.absent, Cause.environment),
            # The code's or its holder's: the scanner itself is well.
            "not_text": (State.ready, Cause.person),
            "too_long": (State.ready, Cause.person),
            "foreign_key": (State.ready, Cause.person),
            # The line's.
            "control": (State.limited, Cause.environment),
            "noise": (State.limited, Cause.environment),
            "half": (State.limited, Cause.environment),
            "grabbed": (State.failed, Cause.environment),
            # The scanner's.
            "stuck_key": (State.limited, Cause.device),
            "refused": (State.limited, Cause.device),
            # Ours: we came too late for what was typed.
            "keys_lost": (State.limited, Cause.us),
        }
    ),
)
"""Everything a scanner can be."""
