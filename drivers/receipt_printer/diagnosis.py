"""From what the printer says to whose fault it is and what to tell whom."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from drivers.diagnosis import Diagnosis
from drivers.health import Cause, State
from drivers.receipt_printer.status import Condition

READY = "ready"
SILENT = "silent"
ABSENT = "absent"
NOT_SETTLED = "not_settled"

RECEIPT_PRINTER: Final = Diagnosis(
    "receipt_printer",
    MappingProxyType(
        {
            READY: (State.ready, None),
            "slip_waiting": (State.ready, Cause.person),
            "near_end": (State.limited, Cause.environment),
            "garbled": (State.limited, Cause.environment),
            "cover_open": (State.failed, Cause.person),
            "head_up": (State.failed, Cause.person),
            "cutter_cover": (State.failed, Cause.person),
            "paper_end": (State.failed, Cause.environment),
            "jam": (State.failed, Cause.environment),
            "mark_missing": (State.failed, Cause.environment),
            "cutter": (State.failed, Cause.device),
            "voltage": (State.failed, Cause.environment),
            "broken": (State.failed, Cause.device),
            "overheated": (State.failed, Cause.environment),
            "feeding": (State.failed, Cause.person),
            "offline": (State.failed, Cause.device),
            SILENT: (State.unknown, Cause.device),
            NOT_SETTLED: (State.unknown, Cause.device),
            ABSENT: (State.absent, Cause.environment),
        }
    ),
)
"""Everything this kind can be; each has a text for the resident and one for the technician."""


def code_of(condition: Condition) -> str:
    """The one thing to be put right first: an open cover also hides the paper, an end also stops the line."""
    found = (
        ("cover_open", condition.cover_open),
        ("head_up", condition.head_up),
        ("cutter_cover", condition.cutter_cover),
        ("jam", condition.jam),
        ("paper_end", condition.paper_end),
        ("mark_missing", condition.mark_missing),
        ("cutter", condition.cutter),
        ("voltage", condition.voltage),
        ("broken", condition.mechanical or condition.unrecoverable),
        ("overheated", condition.overheated),
        ("feeding", condition.feeding),
        ("offline", condition.offline or condition.error),
        ("near_end", condition.near_end),
        ("garbled", condition.garbled),
        ("slip_waiting", condition.slip_in_mouth),
    )
    return next((code for code, present in found if present), READY)
