"""What of a visit may be gone on with when the power is back: what was chosen and agreed to, never a proof."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.journey.people import Consent, Way


@dataclass(frozen=True)
class Draft:
    """An item that was begun and not finished. No name, number, picture or result of a check is in it."""

    item: str  # id
    started: str  # RFC 3339 UTC
    consents: tuple[Consent, ...] = ()
    way: Way | None = None
    face_tries_left: int | None = None
