"""A terminal's line as an operator reads it: may it speak, does it wait to be let in, what was refused in its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from hub.alarms import open_alarms
from hub.hub import Hub
from hub.moments import local_text
from hub.refusals import refusals_of
from hub.tables import Reenrolment, Terminal
from offline.wire.chain import Head, shown_head
from offline.wire.heartbeat import Heartbeat

_HARMLESS: Final = frozenset(("credential_expired", "clock_apart", "protocol_too_old", "protocol_too_new"))
"""Refusals that an honest terminal meets; the others are somebody else's, or a fault."""


@dataclass(frozen=True, slots=True)
class RefusalView:
    """Something that was refused, and how often."""

    text: str
    code: str
    count: int
    first: str
    last: str
    harmless: bool


@dataclass(frozen=True, slots=True)
class AlarmView:
    """Two words on the terminal's past that cannot both be true."""

    chain: str
    kind: str
    chain_text: str
    text: str
    seq: int
    said: str
    known: str
    count: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """The line of one terminal."""

    credential_text: str
    revoked: bool
    waits: bool  # for a person who agrees to let it in again
    agreed: bool
    refusals: tuple[RefusalView, ...]
    alarms: tuple[AlarmView, ...]
    heads: tuple[tuple[str, str], ...]  # the chain's name, and its head as the technician's slip shows it


def link_view(session: Session, hub: Hub, terminal: Terminal) -> LinkView:
    """How a terminal's line stands now."""
    now, asked = hub.clock(), session.get(Reenrolment, terminal.id)
    waits = asked is not None and asked.expires_at > now and terminal.revoked_at is None
    return LinkView(
        credential_text=_credential(hub, terminal),
        revoked=terminal.revoked_at is not None,
        waits=waits,
        agreed=waits and asked is not None and asked.approved_at is not None,
        refusals=tuple(
            RefusalView(
                text=refusal_text(hub, row.reason),
                code=row.reason,
                count=row.count,
                first=local_text(row.first_at),
                last=local_text(row.last_at),
                harmless=row.reason in _HARMLESS,
            )
            for row in refusals_of(session, terminal.id)
        ),
        alarms=tuple(
            AlarmView(
                chain=row.chain,
                kind=row.kind,
                chain_text=hub.texts(f"hub.chain.{row.chain}"),
                text=hub.texts(f"hub.alarm.{row.kind}"),
                seq=row.seq,
                said=row.said[:16],
                known=row.known[:16],
                count=row.count,
                first=local_text(row.first_at),
                last=local_text(row.last_at),
            )
            for row in open_alarms(session, terminal.id)
        ),
        heads=_heads(hub, terminal),
    )


def refusal_text(hub: Hub, reason: str) -> str:
    """Why something was refused, in an operator's words."""
    named = f"hub.refusal.{reason}"
    return hub.texts(named if named in hub.texts else "hub.refusal.other")


def _heads(hub: Hub, terminal: Terminal) -> tuple[tuple[str, str], ...]:
    if terminal.heartbeat is None:
        return ()
    said = Heartbeat.model_validate(terminal.heartbeat)
    heads = (("terminal", said.outbox.head), ("agent", said.agent_head))
    return tuple((hub.texts(f"hub.chain.{name}"), shown_head(Head(one.seq, one.hash))) for name, one in heads)


def _credential(hub: Hub, terminal: Terminal) -> str:
    if terminal.revoked_at is not None:
        return hub.texts("hub.link.revoked", at=local_text(terminal.revoked_at), by=terminal.revoked_by or "")
    until = terminal.credential_until
    if until is None:
        return hub.texts("hub.link.none")
    ended = hub.clock() > until
    return hub.texts("hub.link.ended" if ended else "hub.link.until", at=local_text(until))
