"""What is read of a whole village at once, by standing order: no case asks for it, and still it is written down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.gateway.reading import Purpose, Said, note_reads
from hub.gateway.sandbox import source_manner
from hub.gateway.sharing import approved_fields, mounted_sources
from hub.gateway.tables import DataRead
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day

VILLAGE = "village"
"""What stands in the log in place of a case's number."""
_SILENT = ("silent", "late")


def may_read_village(session: Session, hub: Hub, purpose: str, paths: Iterable[str]) -> bool:
    """Whether every place may be read for the purpose now, and its source is there."""
    mounted, approved = mounted_sources(session, hub), approved_fields(session, purpose)
    for found in map(hub.sources.at, paths):
        if found is None:
            return False
        source, field = found
        if source.id not in mounted or source_manner(session, source.id) in _SILENT:
            return False
        if field.share != "free" and (source.id, field.name) not in approved:
            return False
    return True


def note_village(session: Session, hub: Hub, purpose: str, region: str, paths: Iterable[str]) -> None:
    """Writes the day's read of a village down, once a day however often it is repeated."""
    now = hub.clock()
    began = datetime.combine(local_day(now), time(), SHANGHAI)
    known = select(DataRead.id).where(
        DataRead.subject == "", DataRead.region == region, DataRead.purpose == purpose, DataRead.at >= began
    )
    if session.scalars(known.limit(1)).first() is not None:
        return
    fields: dict[str, list[str]] = {}
    for found in map(hub.sources.at, paths):
        if found is not None:
            fields.setdefault(found[0].id, []).append(found[1].name)
    said = [Said(source, "read", tuple(names), as_of=local_day(now)) for source, names in fields.items()]
    note_reads(session, hub, Purpose(purpose, VILLAGE, "office", "", region), "", said)
