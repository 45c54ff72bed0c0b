"""Whether an application's real-name session holds: signed by the terminal that sent it, for this person, just now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from hub.applications import Application
from offline.wire.real_name import Proven, read_real_name
from offline.wire.trouble import WireTrouble

Doubt = Literal["real_name_forged", "real_name_late"]
_APART: Final = timedelta(minutes=10)  # the record is signed before the event gets its time; a slow disk is no fault


def real_name_doubt(applied: Application, public: bytes, event_time: datetime, minutes: int) -> Doubt | None:
    """Why a person must look at who applied; None where the session holds, or the terminal is too old to send one."""
    said = applied.identity.session
    if said is None:
        return None
    identity = applied.identity
    proven = Proven(applied.applicant.id_number, identity.level, identity.way, identity.witness_number() or "")
    try:
        session = read_real_name(said if isinstance(said, Mapping) else {}, proven, public)
    except (WireTrouble, ValueError):
        return "real_name_forged"
    in_time = session.began <= session.kept <= session.began + timedelta(minutes=minutes)
    return None if in_time and abs(session.kept - event_time) <= _APART else "real_name_late"
