"""What people ought to do and by when, told to each terminal of their village as differences.

The village is read through the sources' port before anything is locked; where a terminal was told something meanwhile,
it is read anew, so that an older reading never undoes what a newer one has told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from hub.feed import lock_feeds, tell
from hub.gateway.sharing import DUE_PLACES, DUE_REGION, DUES
from hub.gateway.villages import Villager, Villages
from hub.helper_lists import tell_helpers
from hub.hub import Hub
from hub.moments import local_day
from hub.tables import Due, Terminal
from offline.wire.changes import DueBody
from offline.wire.claims import subject_of
from seeds.item import Item

PENSION: Final = "pension-qualification"
_ALIVE, _SCHEME, _LAST = DUE_PLACES
_TRIES: Final = 3


def publish_dues(
    session: Session, hub: Hub, terminal: Terminal, people: Iterable[Villager], only: str | None = None
) -> int:
    """Puts what changed since the terminal was last told into its feed; returns how many entries that took.

    With a number, what concerns this person alone: a village has thousands, and an approval changes one.
    """
    key, today = hub.keys.subject_key(terminal.id), local_day(hub.clock())
    standing = select(Due).where(Due.terminal_id == terminal.id)
    if only is not None:
        standing = standing.where(Due.subject == subject_of(key, only))
    # A county may retire it, or never have had it.
    items = [one for one in hub.catalogue.for_region(terminal.region) if one.id == PENSION]
    wanted = {
        (subject_of(key, person.id_number), item.id): month
        for item in items
        for person in people
        for month in due_of(person, item, today)
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
    session.flush()
    return changed


def due_of(person: Villager, item: Item, today: date) -> Iterator[str]:
    """The month by which a person ought to qualify, when that month has come: a month or nothing."""
    if person.values.get(_ALIVE) is not True or person.values.get(_SCHEME) is None:
        return
    last, month = person.values.get(_LAST), today.strftime("%Y-%m")
    due = item.next_due(date.fromisoformat(f"{last}-01")) if isinstance(last, str) else month
    if due is not None and due <= month:
        yield due


def publish_dues_of(hub: Hub, villages: Villages, number: str) -> None:
    """Tells every terminal of a person's village what changed for her, wherever she has been.

    Where a source is not there now, what was told last stands: silence takes nothing back, and the next day's round
    tells it.
    """
    lives = villages.one(DUES, number, (DUE_REGION,))
    region = None if lives is None else lives.values.get(DUE_REGION)
    if not isinstance(region, str):
        return
    for _ in range(_TRIES):
        feeds = _feeds(hub, Terminal.region == region)
        person = villages.one(DUES, number, DUE_PLACES)
        if person is None:
            return
        with hub.database.writing() as session:
            lock_feeds(session, {region})
            terminals = session.scalars(select(Terminal).where(Terminal.region == region)).all()
            if any(feeds.get(one.id) != one.feed for one in terminals):
                continue
            for terminal in terminals:
                publish_dues(session, hub, terminal, (person,), only=number)
            villages.note(session, DUES, region, DUE_PLACES)
            return


def refresh_dues(hub: Hub, villages: Villages, terminals: Sequence[str] | None = None) -> None:
    """Tells every terminal (or these) what changed, a transaction each; run at start and when the day turns."""
    wanted = select(Terminal.id, Terminal.region, Terminal.helpers_version)
    if terminals is not None:
        wanted = wanted.where(Terminal.id.in_(terminals))
    with hub.database.reading() as session:
        left = list(session.execute(wanted).all())
    for row in left:
        if row.helpers_version == 0:  # when it was admitted, the source was not there
            tell_helpers(hub, villages, row.id)
    for _ in range(_TRIES):
        if not left:
            return
        feeds = _feeds(hub, true() if terminals is None else Terminal.id.in_(terminals))
        read = {region: people_of(hub, villages, region) for region in {row.region for row in left}}
        left = [row for row in left if not _refreshed(hub, row.id, read[row.region], feeds.get(row.id))]


def people_of(hub: Hub, villages: Villages, region: str) -> Sequence[Villager] | None:
    """Whoever may be due in a village; None where the sources do not tell now.

    Whether somebody lives, a node's centre tells of single people only: it is asked about those who would be due.
    """
    people = villages.read(DUES, region, DUE_PLACES)
    if people is not None:
        return people
    pensioners = villages.read(DUES, region, (_SCHEME, _LAST))
    if pensioners is None:
        return None
    found, today = list[Villager](), local_day(hub.clock())
    for one in pensioners:
        alive = replace(one, values={**one.values, _ALIVE: True})
        if any(month for item in hub.catalogue.items if item.id == PENSION for month in due_of(alive, item, today)):
            told = villages.one(DUES, one.id_number, (_ALIVE,))
            if told is None:
                return None
            found.append(replace(one, values={**one.values, **told.values}))
    return found


def _refreshed(hub: Hub, terminal_id: str, people: Sequence[Villager] | None, feed: int | None) -> bool:
    """False where it was told something since the village was read: that may be of an approval, and newer."""
    if people is None:
        return True
    with hub.database.writing() as session:
        terminal = session.get_one(Terminal, terminal_id, with_for_update={"key_share": True})
        if terminal.feed != feed:
            return False
        publish_dues(session, hub, terminal, people)
        return True


def _feeds(hub: Hub, which: ColumnElement[bool]) -> dict[str, int]:
    with hub.database.reading() as session:
        return {row.id: row.feed for row in session.execute(select(Terminal.id, Terminal.feed).where(which))}


def _tell(session: Session, terminal_id: str, hub: Hub, body: DueBody) -> int:
    tell(session, terminal_id, "due", body.model_dump(mode="json"), hub.clock())
    return 1
