"""What people ought to do and by when, told to each terminal of their village as differences."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.feed import lock_feeds, tell
from hub.gateway.sharing import DUES
from hub.gateway.villages import may_read_village, note_village
from hub.hub import Hub
from hub.moments import local_day
from hub.sandbox import PENSION, dues_of
from hub.tables import BasePerson, Due, Terminal
from offline.wire.changes import DueBody
from offline.wire.claims import subject_of

READS: Final = ("alive", "pension.last_qualified")


def publish_dues(session: Session, hub: Hub, terminal: Terminal, only: str | None = None) -> int:
    """Puts what changed since the terminal was last told into its feed; returns how many entries that took.

    With a number, what concerns this person alone: a village has thousands, and an approval changes one. Where the
    source is not there now, what was told last stands: silence takes nothing back.
    """
    if not may_read_village(session, hub, DUES, READS):
        return 0
    now, key = hub.clock(), hub.keys.subject_key(terminal.id)
    people = select(BasePerson).where(BasePerson.region == terminal.region)
    standing = select(Due).where(Due.terminal_id == terminal.id)
    if only is not None:
        people, standing = (
            people.where(BasePerson.id_number == only),
            standing.where(Due.subject == subject_of(key, only)),
        )
    people = people.order_by(BasePerson.id_number).limit(hub.settings.region_dues)
    # A county may retire it, or never have had it.
    items = [one for one in hub.catalogue.for_region(terminal.region) if one.id == PENSION]
    today = local_day(now)
    wanted = {
        (subject_of(key, person.id_number), item.id): month
        for item in items
        for person in session.scalars(people)
        for month in dues_of(person, item, today)
    }
    told = {(row.subject, row.item): row for row in session.scalars(standing)}
    changed = 0
    for (subject, item_id), row in told.items():
        if (subject, item_id) not in wanted:
            session.delete(row)
            changed += _tell(session, terminal.id, hub, DueBody(subject=subject, item=item_id, month=None))
    for (subject, item_id), month in wanted.items():
        known = told.get((subject, item_id))
        if known is not None and known.month == month:
            continue
        session.merge(Due(terminal_id=terminal.id, subject=subject, item=item_id, month=month))
        changed += _tell(session, terminal.id, hub, DueBody(subject=subject, item=item_id, month=month))
    note_village(session, hub, DUES, terminal.region, READS)
    session.flush()
    return changed


def publish_dues_of(session: Session, hub: Hub, number: str, held: str) -> None:
    """Tells every terminal of a person's village what changed for her, wherever she has been.

    Held is a division whose feeds the same transaction tells something afterwards.
    """
    person = session.get(BasePerson, number)
    if person is None:
        return
    lock_feeds(session, {person.region, held})
    for terminal in session.scalars(select(Terminal).where(Terminal.region == person.region)):
        publish_dues(session, hub, terminal, only=number)


def refresh_dues(hub: Hub) -> None:
    """Tells every terminal what changed, a transaction each; run at start and when the day turns."""
    with hub.database.reading() as session:
        ids = session.scalars(select(Terminal.id)).all()
    for terminal_id in ids:
        with hub.database.writing() as session:
            # A worker may be telling this terminal about an approval: the differences are made one after the other.
            terminal = session.get_one(Terminal, terminal_id, with_for_update={"key_share": True})
            publish_dues(session, hub, terminal)


def _tell(session: Session, terminal_id: str, hub: Hub, body: DueBody) -> int:
    tell(session, terminal_id, "due", body.model_dump(mode="json"), hub.clock())
    return 1
