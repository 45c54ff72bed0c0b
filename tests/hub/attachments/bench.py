"""A terminal that brings attachments, and applications that name them."""

from __future__ import annotations

from collections.abc import Mapping

from offline.wire.attachment import SealedAttachment, seal_attachment
from offline.wire.canonical import b64
from tests.hub.pictured import jpeg, put
from tests.hub.running import FakeTerminal

PDF = b"%PDF-1.4\n" + bytes(900)
WAV = b"RIFF" + bytes(900)
PLAIN = {"scan": PDF, "photo": jpeg(64, 48), "voice": WAV}
SIGNED = b'{"strokes":[[[10,20],[500,200]],[[900,390]]]}'


def brought(terminal: FakeTerminal, plain: bytes = PDF, *, bring: bool = True) -> SealedAttachment:
    """Something sealed, at the hub or left behind."""
    sealed = seal_attachment(plain)
    if bring:
        assert put(terminal, sealed.sha256, sealed.data).json()["complete"]
    return sealed


def named(sealed: SealedAttachment, kind: str, name: str, **more: int) -> Mapping[str, object]:
    """As the event names it."""
    return {"kind": kind, "id": name, "sha256": sealed.sha256, "key": b64(sealed.key), **more}
