"""What a travel document says, as JSON values."""

from __future__ import annotations

from datetime import date
from typing import Any

from drivers.camera.document.mrz.codec import TravelDocument


def to_record(document: TravelDocument, today: date) -> dict[str, Any]:
    """Every field by name; dates as days where the document tells them whole, else None."""
    birth, expiry = document.birth.as_birth(today), document.expiry.as_expiry(today)
    return {
        "permit": document.permit.value,
        "layout": document.layout.value,
        "code": document.code,
        "issuer": document.issuer,
        "number": document.number,
        "surname": document.surname,
        "given_names": document.given_names,
        "nationality": document.nationality,
        "sex": document.sex,
        "birth": None if birth is None else birth.isoformat(),
        "expiry": None if expiry is None else expiry.isoformat(),
        "optional": document.optional,
        "optional_2": document.optional_2,
    }
