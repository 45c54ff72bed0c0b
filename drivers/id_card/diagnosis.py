"""From what went wrong to whose fault it is and what to tell whom."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis, Verdict
from drivers.health import Cause, State

READY: Final = "ready"

_VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType(
    {
        READY: (State.ready, None),
        # The card's or its holder's: the reader itself is well.
        "no_card": (State.ready, Cause.person),
        "empty": (State.ready, Cause.person),
        "select_failed": (State.ready, Cause.person),
        "read_failed": (State.ready, Cause.person),
        "wrong_card": (State.ready, Cause.person),
        "reader_rejects_card": (State.ready, Cause.person),
        "card_rejects_reader": (State.ready, Cause.person),
        "verification": (State.ready, Cause.person),
        "layout": (State.ready, Cause.person),
        "text": (State.ready, Cause.person),
        # The line's.
        "our_checksum": (State.limited, Cause.environment),
        "our_length": (State.limited, Cause.environment),
        "checksum": (State.limited, Cause.environment),
        "half_frame": (State.limited, Cause.environment),
        "noise": (State.limited, Cause.environment),
        "link_lost": (State.absent, Cause.environment),
        # The reader's.
        "unrecognised": (State.limited, Cause.device),
        "random_failed": (State.limited, Cause.device),
        "unexpected": (State.limited, Cause.device),
        "unknown_status": (State.limited, Cause.device),
        "self_test": (State.failed, Cause.device),
        "not_authorised": (State.failed, Cause.device),
        "silent": (State.unknown, Cause.device),
        "hung": (State.failed, Cause.device),
        # Ours.
        "our_command": (State.limited, Cause.us),
        "beyond_authority": (State.limited, Cause.us),
    }
)

ID_CARD: Final = Diagnosis("id_card", _VERDICTS)
"""Everything a reader can be; each has a text for the resident and one for the technician."""
