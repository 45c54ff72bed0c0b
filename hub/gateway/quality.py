"""How good a source's data were as far as it was asked: what was missing, how old it was, what contradicted it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.gateway.sharing import mounted_sources
from hub.gateway.tables import DataContradiction, DataRead
from hub.hub import Hub
from hub.moments import local_day
from seeds.data_sources import DataField, DataSource

_MOST_READS = 20_000
_ANSWERED = ("read", "unknown")
_FAILED = ("silent", "late", "wrong")


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """One field: how often it was asked for and how often there was something."""

    field: DataField
    asked: int
    filled: int

    @property
    def share(self) -> int | None:
        """Per cent that was filled; None of what nobody has asked for: nothing asked is not complete."""
        return None if not self.asked else self.filled * 100 // self.asked


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """One source over the days of the report."""

    source: DataSource
    mounted: bool
    answered: int
    failed: int
    unknown: int
    oldest_days: int | None
    fields: tuple[FieldQuality, ...]
    contradictions: int  # that nobody has told its keeper of

    @property
    def complete(self) -> int | None:
        """Per cent of what was asked for and ought to be there."""
        owed = [one for one in self.fields if not one.field.empty_ok]
        asked = sum(one.asked for one in owed)
        return None if not asked else sum(one.filled for one in owed) * 100 // asked

    @property
    def reachable(self) -> int | None:
        """Per cent of the questions that it answered."""
        total = self.answered + self.failed
        return None if not total else self.answered * 100 // total


@dataclass(frozen=True, slots=True)
class Mounting:
    """How much of the catalogue is connected: a figure that is worked out, never written down."""

    entries: int
    mounted: int

    @property
    def share(self) -> int:
        """Per cent, rounded down: only all of it is a hundred."""
        return self.mounted * 100 // self.entries


def mounting(session: Session, hub: Hub) -> Mounting:
    """Counts the catalogue's fields as entries, and those whose source is there."""
    mounted = mounted_sources(session, hub)
    counts = [(len(one.fields), one.id in mounted) for one in hub.sources.all]
    return Mounting(sum(n for n, _ in counts), sum(n for n, there in counts if there))


def report(session: Session, hub: Hub, prefix: str, only: str | None = None) -> list[SourceQuality]:
    """The quality of each source, or of one, as reads for a division have shown it."""
    since = hub.clock() - timedelta(days=hub.settings.source_report_days)
    mounted = mounted_sources(session, hub)
    found = []
    for source in hub.sources.all:
        if only is not None and source.id != only:
            continue
        rows = session.scalars(
            select(DataRead)
            .where(DataRead.source == source.id, DataRead.at >= since, DataRead.subject != "")
            .where(DataRead.region.startswith(prefix, autoescape=True), DataRead.word.in_((*_ANSWERED, *_FAILED)))
            .order_by(DataRead.id.desc())
            .limit(_MOST_READS)
        ).all()
        open_ones = [one for one in contradictions(session, hub, prefix) if source.id in one.sources]
        found.append(_quality(source, source.id in mounted, rows, len(open_ones)))
    return found


def contradictions(session: Session, hub: Hub, prefix: str) -> Sequence[DataContradiction]:
    """What was found and nobody has told the keepers of yet, the newest first."""
    wanted = select(DataContradiction).where(
        DataContradiction.told_at.is_(None), DataContradiction.region.startswith(prefix, autoescape=True)
    )
    return session.scalars(wanted.order_by(DataContradiction.id.desc()).limit(hub.settings.source_rows)).all()


def _quality(source: DataSource, mounted: bool, rows: Sequence[DataRead], open_ones: int) -> SourceQuality:
    read = [row for row in rows if row.word == "read"]
    asked = Counter(name for row in read for name in row.fields)
    missing = Counter(name for row in read for name in row.missing)
    return SourceQuality(
        source=source,
        mounted=mounted,
        answered=sum(row.word in _ANSWERED for row in rows),
        failed=sum(row.word in _FAILED for row in rows),
        unknown=sum(row.word == "unknown" for row in rows),
        oldest_days=max(_ages(read), default=None),
        fields=tuple(
            FieldQuality(field, asked[field.name], asked[field.name] - missing[field.name]) for field in source.fields
        ),
        contradictions=open_ones,
    )


def _ages(rows: Iterable[DataRead]) -> list[int]:
    return [(local_day(row.at) - date.fromisoformat(row.as_of)).days for row in rows if row.as_of]
