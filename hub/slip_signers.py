"""The keys that terminals sign their slips with: whose they are, and the list of them for whoever has no line."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.divisions import division_name
from hub.hub import Hub
from hub.tables import Terminal
from offline.wire.canonical import time_text
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_seal import item_digest
from offline.wire.slip_signers import SlipSigner, SlipSigners, Verdict, judge


def judged(session: Session, hub: Hub, slip: SlipQr) -> Verdict:
    """What the hub says of a slip."""

    def signer_of(key_id: str) -> SlipSigner | None:
        # enrolled anew with the key it had: the newest name is the one it prints
        mine = select(Terminal).where(Terminal.signing_key_id == key_id).order_by(Terminal.enrolled_at.desc()).limit(1)
        terminal = session.scalars(mine).one_or_none()
        return None if terminal is None else _signer(hub, terminal)

    return judge(slip, signer_of)


def all_signers(session: Session, hub: Hub) -> SlipSigners:
    """Every terminal that was ever enrolled: slips are checked for years, also those of one enrolled anew since."""
    terminals = session.scalars(select(Terminal).order_by(Terminal.enrolled_at))
    newest = {terminal.signing_key_id: _signer(hub, terminal) for terminal in terminals}
    return SlipSigners(
        made_at=time_text(hub.clock()),
        signers=tuple(newest.values()),
        items={item_digest(item.id): item.name for item in hub.catalogue.items},
    )


def _signer(hub: Hub, terminal: Terminal) -> SlipSigner:
    return SlipSigner(
        key_id=terminal.signing_key_id,
        public=terminal.signing_public,
        terminal=terminal.id,
        name=terminal.name,
        place=division_name(hub, terminal.region),
        revoked_at=None if terminal.revoked_at is None else time_text(terminal.revoked_at),
    )
