"""From what the printer says of itself to whose fault it is and what to tell whom."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis, Verdict
from drivers.health import Cause, State

READY: Final = "ready"
NO_WORD: Final = "no_word"
ABORTED: Final = "aborted"
CANCELLED: Final = "cancelled"
LOST: Final = "lost"
NOT_SETTLED: Final = "not_settled"
SILENT: Final = "silent"
ABSENT: Final = "absent"
REFUSES: Final = "refuses"
STOPPED: Final = "stopped"
NO_PDF: Final = "no_pdf"
OTHER_PAPER: Final = "other_paper"

_VERDICTS: Final[dict[str, Verdict]] = {
    # What must be put right first stands first: an open cover also hides the paper.
    "cover_open": (State.failed, Cause.person),
    "jam": (State.failed, Cause.environment),
    "tray": (State.failed, Cause.person),
    "paper_end": (State.failed, Cause.environment),
    "toner_empty": (State.failed, Cause.environment),
    "waste_full": (State.failed, Cause.environment),
    "bin_full": (State.failed, Cause.environment),
    "paused": (State.failed, Cause.person),
    "offline": (State.failed, Cause.environment),
    STOPPED: (State.failed, Cause.device),
    REFUSES: (State.failed, Cause.device),
    NO_PDF: (State.failed, Cause.us),
    NO_WORD: (State.limited, Cause.us),
    "toner_low": (State.limited, Cause.environment),
    "paper_low": (State.limited, Cause.environment),
    OTHER_PAPER: (State.limited, Cause.environment),
    READY: (State.ready, None),
    CANCELLED: (State.ready, None),
    ABORTED: (State.limited, Cause.device),
    LOST: (State.unknown, Cause.device),
    NOT_SETTLED: (State.unknown, Cause.device),
    SILENT: (State.unknown, Cause.device),
    ABSENT: (State.absent, Cause.environment),
}

DIAGNOSIS: Final = Diagnosis("document_printer", MappingProxyType(_VERDICTS))

_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cover-open": "cover_open",
        "door-open": "cover_open",
        "interlock-open": "cover_open",
        "media-jam": "jam",
        "input-tray-missing": "tray",
        "output-tray-missing": "tray",
        "media-empty": "paper_end",
        "media-needed": "paper_end",
        "toner-empty": "toner_empty",
        "marker-supply-empty": "toner_empty",
        "developer-empty": "toner_empty",
        "opc-life-over": "toner_empty",
        "marker-waste-full": "waste_full",
        "output-area-full": "bin_full",
        "paused": "paused",
        "moving-to-paused": "paused",
        "offline": "offline",
        "shutdown": "offline",
        "timed-out": "offline",
        "connecting-to-device": "offline",
        "toner-low": "toner_low",
        "marker-supply-low": "toner_low",
        "developer-low": "toner_low",
        "opc-near-eol": "toner_low",
        "media-low": "paper_low",
    }
)
"""printer-state-reasons (RFC 8011 §5.4.12, PWG 5100.9) without their severity, and what we call them."""


def codes_of(reasons: tuple[str, ...], *, stopped: bool, wary: bool = False) -> frozenset[str]:
    """What these printer-state-reasons come to.

    The severity is a suffix and none means error. A warning that names something stopping is believed only of a
    printer that has stopped, or where the caller is `wary` because a job does not move: makers (and ippeveprinter)
    call an empty tray a warning even while they wait for paper. An unknown reason counts only where it stops.
    """
    found: set[str] = set()
    for reason in reasons:
        name, serious = _severity(reason)
        code = _REASONS.get(name)
        if code is not None and (serious or stopped or wary or DIAGNOSIS.verdicts[code][0] is State.limited):
            found.add(code)
    if stopped and not any(stopping(code) for code in found):
        found.add(STOPPED)
    return frozenset(found)


def stopping(code: str) -> bool:
    """Whether nothing is printed while this is so."""
    return DIAGNOSIS.verdicts[code][0] not in (State.ready, State.limited)


def worst(codes: frozenset[str]) -> str:
    """The one thing to be put right first."""
    return next((code for code in _VERDICTS if code in codes), READY)


def _severity(reason: str) -> tuple[str, bool]:
    """(name, whether it is an error)."""
    for suffix, serious in (("-report", False), ("-warning", False), ("-error", True)):
        if reason.endswith(suffix):
            return reason.removesuffix(suffix), serious
    return reason, True
