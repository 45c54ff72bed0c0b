"""What of a visit may be gone on with when the power is back: what was chosen, filled in, agreed to: no proof."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.journey.filing import Acting, PaperFrom, Value
from kiosk.journey.people import Consent, Way


@dataclass(frozen=True)
class Draft:
    """An item that was begun and not finished. No picture or result of a check is in it, nothing of her own card."""

    item: str  # id
    started: str  # RFC 3339 UTC
    consents: tuple[Consent, ...] = ()
    way: Way | None = None
    face_tries_left: int | None = None
    acting: Acting | None = field(default=None, repr=False)
    values: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    papers: tuple[tuple[str, PaperFrom], ...] = ()
    delivery: str = ""
    left_out: tuple[str, ...] = ()  # of a theme: ids of the items that do not apply
