"""The certificates of an organisation, for whoever was confirmed to act for it: what it holds, and to print it anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.certificates.orders import VALID, paper_of, title_of
from hub.certificates.seals import REVOKED
from hub.certificates.tables import Certificate, Seal
from hub.hub import Hub
from hub.moments import local_day
from offline.wire.changes import Paper
from offline.wire.claims import subject_of
from seeds.item import Item

WALLET: Final = "wallet"
"""Under which name an item's rule and result read it."""
_MOST: Final = 12
_ENDED: Final = "ended"


def shows_wallet(item: Item | None) -> bool:
    """Whether an item is the look into an organisation's certificates."""
    return item is not None and any(fact.path.partition(".")[0] == WALLET for fact in item.decision.facts)


def wallet_rows(session: Session, hub: Hub, uscc: str) -> list[dict[str, object]]:
    """A line for each certificate, the newest first: title, number, until when, and how it stands today."""
    return [
        {
            "title": title_of(hub, row.kind),
            "number": row.identifier.split(".")[-3],  # its serial: the whole does not fit on a slip
            "until": local_day(row.valid_until).isoformat(),
            "state": hub.texts(f"hub.wallet.{_state(hub, row, seal)}"),
        }
        for row, seal in _held(session, hub, uscc)
    ]


def wallet_papers(session: Session, hub: Hub, applied: Application, looked_at: datetime | None) -> tuple[Paper, ...]:
    """Those that count now, as a terminal prints them; nothing where no organisation was named.

    Whoever keeps the slip is the agent no longer at some time: what was sealed after the look is not on it.
    """
    acted = applied.organisation()
    if acted is None or looked_at is None:
        return ()
    held = _held(session, hub, acted.uscc, looked_at)
    return tuple(paper_of(hub, row) for row, seal in held if _state(hub, row, seal) == VALID)[
        : hub.settings.paper_views
    ]


def _held(
    session: Session, hub: Hub, uscc: str, looked_at: datetime | None = None
) -> Sequence[tuple[Certificate, str]]:
    wanted = select(Certificate, Seal.state).join(Seal, Seal.id == Certificate.seal_id)
    wanted = wanted.where(Certificate.subject == subject_of(hub.keys.subject_index, uscc))
    if looked_at is not None:
        wanted = wanted.where(Certificate.issued_at <= looked_at)
    rows = session.execute(wanted.order_by(Certificate.id.desc()).limit(_MOST))
    return [(row, state) for row, state in rows]


def _state(hub: Hub, row: Certificate, seal: str) -> str:
    """How it stands now: what its seal no longer vouches for is revoked with it."""
    if seal == REVOKED:
        return "revoked"
    return _ENDED if row.state == VALID and hub.clock() >= row.valid_until else row.state
