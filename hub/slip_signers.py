"""The keys that the terminals sign their slips with, now and before; which of them are no longer to be believed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.tables import Terminal, TerminalKey
from offline.wire.canonical import time_text, unb64
from offline.wire.sealing import key_id
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_seal import item_digest
from offline.wire.slip_signers import SlipSigner, SlipSigners, Verdict, judge

REVOKED: Final = (
    "这台终端的密钥已被中枢停用。终端找回后要继续用，请删除它的 keys/terminal_signing.key，再用新的登记码登记。"
)
"""Said to a terminal that was taken out of use: whoever had it may have copied its key, so it needs a new one."""


def note_key(session: Session, terminal_id: str, public: str, now: datetime) -> None:
    """Remembers for ever that this key (base64) is the terminal's; its slips stay checkable after a newer one came."""
    name = key_id(unb64(public, 32))
    if (known := session.get(TerminalKey, name)) is not None:
        known.terminal_id = terminal_id
        return
    session.add(TerminalKey(key_id=name, terminal_id=terminal_id, public=public, since=now, revoked_at=None))


def is_revoked(session: Session, public: str) -> bool:
    """Whether this key (base64) was taken out of use."""
    key = session.get(TerminalKey, key_id(unb64(public, 32)))
    return key is not None and key.revoked_at is not None


def revoke(session: Session, terminal_id: str, now: datetime) -> int | None:
    """Takes all keys a terminal has so far out of use; how many were still in use, None when there is no such one."""
    if session.get(Terminal, terminal_id) is None:
        return None
    mine = (TerminalKey.terminal_id == terminal_id, TerminalKey.revoked_at.is_(None))
    found = len(session.scalars(select(TerminalKey.key_id).where(*mine)).all())
    session.execute(update(TerminalKey).where(*mine).values(revoked_at=now))
    return found


def judged(session: Session, hub: Hub, slip: SlipQr) -> Verdict:
    """What the hub says of a slip."""

    def signer_of(name: str) -> SlipSigner | None:
        key = session.get(TerminalKey, name)
        return None if key is None else _signer(hub, key, session.get_one(Terminal, key.terminal_id))

    return judge(slip, signer_of)


def all_signers(session: Session, hub: Hub) -> SlipSigners:
    """Every key of every terminal, for whoever checks slips without a line."""
    found = session.execute(
        select(TerminalKey, Terminal)
        .join(Terminal, Terminal.id == TerminalKey.terminal_id)
        .order_by(TerminalKey.key_id)
    )
    return SlipSigners(
        made_at=time_text(hub.clock()),
        signers=tuple(_signer(hub, key, terminal) for key, terminal in found),
        items={item_digest(item.id): item.name for item in hub.catalogue.items},
    )


def _signer(hub: Hub, key: TerminalKey, terminal: Terminal) -> SlipSigner:
    return SlipSigner(
        key_id=key.key_id,
        public=key.public,
        terminal=terminal.id,
        name=terminal.name,
        place=hub.regions.name_of(terminal.region),
        revoked_at=None if key.revoked_at is None else time_text(key.revoked_at),
    )
