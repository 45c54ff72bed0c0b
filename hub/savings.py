"""四免: what a case spared who applied (papers, typing, a stamped seal, a signature); counted, never claimed.

A field counts where it was filled from card or hub and could not be typed; a paper where the application itself says
that a certificate stood in for it; the seal where a certificate was sealed for this case; the signature where a card
and a face or a witness stood in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.cases import payload_of
from hub.certificates.tables import Certificate
from hub.hub import Hub
from hub.tables import Case
from offline.wire.changes import Saved
from offline.wire.trouble import WireTrouble
from seeds.item import Item
from seeds.texts import Texts
from seeds.trouble import UnknownItem

_SIGNED_BY_CARD: Final = ("card_face", "card_witnessed")
_CARD: Final = {"card.name": "name", "card.number": "id_number", "card.birth": "birth", "card.layout": "layout"}
_TYPED: Final = "typed_witnessed"


def saved_in(session: Session, hub: Hub, case: Case) -> Saved | None:
    """What an approved case spared; None for any other, and where the application cannot be opened."""
    if case.state != "approved":
        return None
    try:
        item, payload = hub.catalogue.item(case.item), payload_of(session, hub, case)
        level = Application.model_validate(payload).identity.level
    except (UnknownItem, WireTrouble, ValidationError):
        return None
    sealed = session.scalars(select(Certificate.id).where(Certificate.case_id == case.id).limit(1)).first() is not None
    return saved(item, payload, level, sealed=sealed, texts=hub.texts)


@dataclass(frozen=True, slots=True)
class Spared:
    """What one application spared, each count beside what it is a part of."""

    documents: int
    of_documents: int
    fields: int
    of_fields: int
    signature: bool


def counted(item: Item, payload: Mapping[str, object], level: str) -> Spared:
    """What the application itself tells of what was spared. Pure."""
    told = payload.get("documents")
    return Spared(
        documents=_documents(payload),
        of_documents=len(told) if isinstance(told, list) else 0,
        fields=_fields(item, payload, level),
        of_fields=len(item.form),
        signature=level in _SIGNED_BY_CARD and not payload.get("signature"),
    )


def saved(item: Item, payload: Mapping[str, object], level: str, *, sealed: bool, texts: Texts) -> Saved | None:
    """The four counts and the line that says them; None where nothing was spared. Pure."""
    spared = counted(item, payload, level)
    documents, fields, signature = spared.documents, spared.fields, spared.signature
    parts = [
        texts("hub.saved.documents", n=documents) if documents else "",
        texts("hub.saved.fields", n=fields) if fields else "",
        texts("hub.saved.seal") if sealed else "",
        texts("hub.saved.signature") if signature else "",
    ]
    said = "、".join(part for part in parts if part)
    if not said:
        return None
    line = texts("hub.saved", said=said)
    return Saved(documents=documents, fields=fields, seal=sealed, signature=signature, text=line)


def _documents(payload: Mapping[str, object]) -> int:
    told = payload.get("documents")
    if not isinstance(told, list):
        return 0
    return sum(1 for one in told if isinstance(one, Mapping) and one.get("from") == "certificate")


def _fields(item: Item, payload: Mapping[str, object], level: str) -> int:
    form, applicant = payload.get("form"), payload.get("applicant")
    filled = form if isinstance(form, Mapping) else {}
    card = applicant if isinstance(applicant, Mapping) and level != _TYPED else {}
    count = 0
    for one in item.form:
        if one.editable or not one.prefill:
            continue
        from_card = any(card.get(_CARD.get(source, "")) for source in one.prefill)
        from_hub = bool(filled.get(one.name)) and any(source.startswith("hub.") for source in one.prefill)
        count += from_card or from_hub
    return count
