"""What a terminal that fills cannot take now, and why, in the resident's terms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kiosk.journey.item import ItemCard
from kiosk.journey.screens import Reason
from kiosk.journey.session import Facts
from offline.bounds import Cause

REASONS: Final[Mapping[Cause, Reason]] = MappingProxyType(
    {
        Cause.EVENTS: Reason.ROOM_QUEUE,
        Cause.BYTES: Reason.ROOM_QUEUE,
        Cause.FILE: Reason.ROOM_DISK,
        Cause.DISK: Reason.ROOM_DISK,
        Cause.AGE: Reason.ROOM_AGE,
        Cause.SHUT_OUT: Reason.ROOM_SHUT,
    }
)


def no_room(item: ItemCard, facts: Facts) -> Reason:
    """Why the terminal has no room for one more of this item; NONE where it has."""
    cause = facts.room.why(item.priority)
    return Reason.NONE if cause is None else REASONS[cause]


def turned_away(facts: Facts) -> tuple[ItemCard, ...]:
    """The items that are not taken now."""
    return tuple(item for item in facts.items if no_room(item, facts))
