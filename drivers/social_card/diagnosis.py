"""From what went wrong to whose fault it is; the texts are in seeds/texts/drivers_social_card.yaml."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis
from drivers.health import Cause, State

READY: Final = "ready"
UNTRIED: Final = "untried"

READER: Final = Diagnosis(
    "social_card",
    MappingProxyType(
        {
            READY: (State.ready, None),
            UNTRIED: (State.unknown, None),
            # The card's or its holder's: the reader itself is well.
            "no_card": (State.ready, Cause.person),
            "pulled": (State.ready, Cause.person),
            "mute": (State.ready, Cause.person),
            "wrong_card": (State.ready, Cause.person),
            "card_locked": (State.ready, Cause.person),
            "card_fault": (State.ready, Cause.person),
            "card_data": (State.ready, Cause.person),
            "record_missing": (State.ready, Cause.person),
            "security": (State.ready, Cause.person),
            "unknown_status": (State.ready, Cause.person),
            # Nobody's here: this reader has no PSAM, and a card of the third generation asks for one.
            "needs_psam": (State.ready, Cause.environment),
            # The place's.
            "no_service": (State.failed, Cause.environment),
            "no_reader": (State.absent, Cause.environment),
            "busy": (State.limited, Cause.environment),
            # The reader's.
            "transport": (State.limited, Cause.device),
            "hung": (State.failed, Cause.device),
            "died": (State.failed, Cause.device),
            # Ours.
            "our_command": (State.limited, Cause.us),
        }
    ),
)
"""Everything a reader can be. `hung` and `died` say too that the process that held the reader was replaced."""
