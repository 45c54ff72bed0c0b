"""How the attachments of a case stand, and what is in one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.applications import attached_in
from hub.attachments.signature import signature_picture
from hub.attachments.tables import CaseAttachment
from hub.blobs import read_blob
from hub.hub import Hub
from hub.tables import Blob, Case, InboxEvent, PictureView
from offline.wire.attachment import KEY_BYTES, open_attachment
from offline.wire.canonical import unb64
from offline.wire.event import Envelope
from offline.wire.trouble import WireTrouble

Standing = Literal["here", "missing", "gone"]
_BEGINS: Final = {"scan": b"%PDF-", "photo": b"\xff\xd8\xff", "voice": b"RIFF", "signature": b'{"strokes":'}
MEDIA: Final = {"scan": "application/pdf", "photo": "image/jpeg", "voice": "audio/wav", "signature": "image/svg+xml"}
"""What each kind is, and how its bytes must begin."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment's own bytes and what they are."""

    data: bytes
    media: str


def attachments_of(session: Session, case: Case) -> Sequence[CaseAttachment]:
    """Those of a case in the order in which they came; of a theme's part, those of the whole."""
    ids = {case.id} | ({case.parent_id} if case.parent_id is not None else set())
    return session.scalars(
        select(CaseAttachment).where(CaseAttachment.case_id.in_(ids)).order_by(CaseAttachment.id)
    ).all()


def standing_of(session: Session, one: CaseAttachment) -> Standing:
    """Whether it is here; missing: its terminal could not bring it, or has not yet; gone: deleted when its time was."""
    blob = session.get(Blob, (one.terminal_id, one.sha256))
    if blob is None or not blob.complete:
        return "missing"
    return "here" if blob.deleted_at is None else "gone"


def any_missing(session: Session, case: Case) -> bool:
    """Whether something that the application names has never come: then no rule may decide as if it were seen."""
    return any(standing_of(session, one) == "missing" for one in attachments_of(session, case))


def opened(session: Session, hub: Hub, one: CaseAttachment) -> Opened | None:
    """The attachment; None when it is not here, does not open, or is not what it is said to be."""
    sealed = read_blob(session, one.terminal_id, one.sha256)
    event = session.get(InboxEvent, (one.source, one.event_id))
    if sealed is None or event is None or one.kind not in MEDIA:
        return None
    try:
        named = attached_in(hub.keys.unseal_event(Envelope.from_json(event.envelope)).get("attachments"))
        part = next(each for each in named if each.sha256 == one.sha256)
        data = open_attachment(sealed, unb64(part.key, KEY_BYTES))
    except (WireTrouble, ValidationError, StopIteration):
        return None
    if not data.startswith(_BEGINS[one.kind]):
        return None
    if one.kind == "signature":
        picture = signature_picture(data)
        return None if picture is None else Opened(picture, MEDIA[one.kind])
    return Opened(data, MEDIA[one.kind])


def show(hub: Hub, case: Case, attachment_id: int, staff: str) -> Opened | None:
    """Opens one of a case's attachments for somebody, and writes down that it was shown before anything is."""
    with hub.database.writing() as session:
        one = session.get(CaseAttachment, attachment_id)
        if one is None or one.case_id not in (case.id, case.parent_id):
            return None
        found = opened(session, hub, one)
        if found is not None:
            session.add(PictureView(case_id=case.id, staff=staff, what=one.kind, seen_at=hub.clock()))
        return found
