"""Whether an application's real-name session holds, for this person and just now, and is as much as its item asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from hub.applications import Application
from offline.wire.real_name import Proven, read_real_name
from offline.wire.trouble import WireTrouble
from seeds.item import Item

Doubt = Literal["real_name_forged", "real_name_late", "level_too_low"]
_MORE_THAN_CARD: Final = ("card_face", "card_witnessed", "card_later_check")
_APART: Final = timedelta(minutes=10)  # the record is signed before the event gets its time; a slow disk is no fault


def real_name_doubt(applied: Application, public: bytes, event_time: datetime, minutes: int) -> Doubt | None:
    """Why a person must look at who applied; None where the session holds, or the terminal is too old to send one."""
    said = applied.identity.session
    if said is None:
        return None
    identity = applied.identity
    acted = applied.organisation()
    proven = Proven(
        number=applied.applicant.id_number,
        level=identity.level,
        way=identity.way,
        witness=identity.witness_number() or "",
        organisation="" if acted is None else acted.uscc,
        agency="" if acted is None else acted.agency,
    )
    try:
        session = read_real_name(said if isinstance(said, Mapping) else {}, proven, public)
    except (WireTrouble, ValueError):
        return "real_name_forged"
    in_time = session.began <= session.kept <= session.began + timedelta(minutes=minutes)
    return None if in_time and abs(session.kept - event_time) <= _APART else "real_name_late"


def level_doubt(level: str, item: Item) -> Doubt | None:
    """Why a person must look: what was shown of who applied is less than the item accepts."""
    enough = (*item.identity, *(_MORE_THAN_CARD if "card" in item.identity else ()))
    return None if level in enough else "level_too_low"
