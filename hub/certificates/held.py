"""Which certificates a person holds, so that nobody has to bring the papers they replace (免证办)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.orders import VALID, title_of
from hub.certificates.seals import REVOKED
from hub.certificates.tables import Certificate, Seal
from hub.hub import Hub
from offline.wire.claims import subject_of

_MOST: Final = 40


def held_titles(session: Session, hub: Hub, id_number: str) -> tuple[str, ...]:
    """The titles of a person's certificates that count now, as an item's documents name them in `replaced_by`."""
    subject = subject_of(hub.keys.subject_index, id_number.upper())
    wanted = select(Certificate.kind).join(Seal, Seal.id == Certificate.seal_id)
    wanted = wanted.where(
        Certificate.subject == subject,
        Certificate.state == VALID,
        Certificate.valid_until > hub.clock(),
        Seal.state != REVOKED,
    )
    kinds = session.scalars(wanted.order_by(Certificate.id.desc()).limit(_MOST))
    return tuple(dict.fromkeys(title_of(hub, kind) for kind in kinds))
