"""The feed of a terminal: numbered without gaps under the terminal's row lock, so that no cursor skips an entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.tables import Change, Terminal
from offline.wire.changes import Change as WireChange
from offline.wire.changes import Changes


def lock_feeds(session: Session, regions: Collection[str]) -> None:
    """Takes the feeds of whole divisions in one order before the first is told anything.

    An approval is told to every terminal of a village: two transactions that each hold one would wait for each other.
    """
    held = select(Terminal.id).where(Terminal.region.in_(regions)).order_by(Terminal.id)
    session.execute(held.with_for_update(key_share=True)).all()


def tell(session: Session, terminal_id: str, kind: str, body: Mapping[str, object], now: datetime) -> int:
    """Appends a change to a terminal's feed and returns its number."""
    grown = update(Terminal).where(Terminal.id == terminal_id).values(feed=Terminal.feed + 1).returning(Terminal.feed)
    n = session.execute(grown.execution_options(synchronize_session=False)).scalar_one()
    session.add(Change(terminal_id=terminal_id, n=n, kind=kind, body=dict(body), made_at=now))
    session.flush()
    return n


def page(session: Session, terminal_id: str, cursor: int, limit: int) -> Changes:
    """What a terminal has not heard yet, oldest first, at most `limit` entries."""
    wanted = select(Change).where(Change.terminal_id == terminal_id, Change.n > cursor).order_by(Change.n).limit(limit)
    rows = session.scalars(wanted).all()
    changes = tuple(WireChange(n=row.n, kind=row.kind, body=row.body) for row in rows)
    return Changes(cursor=rows[-1].n if rows else cursor, changes=changes)
