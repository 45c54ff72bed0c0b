"""Reads sources for a purpose: only what the purpose may have, and nothing before the log has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.state import OPEN
from hub.gateway.kept import Held, keep, kept_answer
from hub.gateway.port import Answer, Question, SourcePort, SourceRefused, SourceSilent
from hub.gateway.sharing import approved_fields, mounted_sources
from hub.gateway.tables import DataContradiction, DataRead
from hub.gateway.words import DENIED, UNANSWERED, Reader, Word
from hub.hub import Hub
from hub.tables import Case
from offline.wire.claims import subject_of
from seeds.data_sources import DataField, DataSource

_WRONG: Final = "wrong-person"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a read is for: an item or what stands in for one, the case, and who reads."""

    id: str
    reference: str
    reader: Reader
    who: str
    region: str
    case_id: int | None = None
    fresh: str = ""  # the place whose source is asked anew, whatever is kept: what is given once is given by its word
    own: bool = False  # a person's own copy: what may be shared with nobody else needs no officer here


@dataclass(frozen=True, slots=True)
class Said:
    """What came of asking one source."""

    source: str
    word: Word
    fields: tuple[str, ...]
    missing: tuple[str, ...] = ()
    as_of: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What was found of a person: values by their place, and each source's word."""

    values: Mapping[str, object] = field(default_factory=dict)
    known: bool = False
    said: tuple[Said, ...] = ()
    contradictions: tuple[str, ...] = ()

    @property
    def as_of(self) -> date | None:
        """The day of the oldest answer among those that were given."""
        days = [one.as_of for one in self.said if one.as_of is not None]
        return min(days) if days else None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The sources that may answer later."""
        return tuple(one.source for one in self.said if one.word in UNANSWERED)

    @property
    def denied(self) -> tuple[Said, ...]:
        """What will not come by itself."""
        return tuple(one for one in self.said if one.word in DENIED)

    def facts(self) -> dict[str, object] | None:
        """The values as a rule reads them; None where no source knows such a person."""
        if not self.known or self.as_of is None:
            return None
        facts: dict[str, object] = {"as_of": self.as_of.isoformat()}
        for path, value in self.values.items():
            *parents, last = path.split(".")
            here = facts
            for part in parents:
                below = here.setdefault(part, {})
                assert isinstance(below, dict)
                here = below
            here[last] = value
        return facts


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    said: Said
    answer: Answer | None = None
    fresh: bool = False


class Gateway:
    """The one door to the sources; ask it outside of any transaction."""

    def __init__(self, hub: Hub, port: SourcePort) -> None:
        self._hub = hub
        self.port = port

    def read(self, purpose: Purpose, id_number: str, paths: Iterable[str]) -> Reading:
        """Exactly these places of one person, as far as the purpose may have them."""
        hub, number = self._hub, id_number.upper()
        subject = subject_of(hub.keys.subject_index, number)
        wanted = self._by_source(paths)
        if not wanted:
            return Reading()
        asked: list[_Asked] = []
        with hub.database.reading() as session:
            mounted = mounted_sources(session, hub)
            approved = approved_fields(session, purpose.id)
            kept = self._kept(session, purpose, subject, wanted)
        for source, fields in wanted:
            may = tuple(one.name for one in fields if _may(purpose, source, one, approved))
            withheld = tuple(one.name for one in fields if one.share == "never")
            denied = tuple(one.name for one in fields if one.name not in may and one.name not in withheld)
            if withheld:
                asked.append(_Asked(Said(source.id, "withheld", withheld)))
            if source.id not in mounted:
                asked.append(_Asked(Said(source.id, "unmounted", (*may, *denied))))
                continue
            if denied:
                asked.append(_Asked(Said(source.id, "unapproved", denied)))
            if may:
                asked.append(self._ask(purpose, number, subject, source, may, kept.get(source.id)))
        values, known = self._values(asked), any(one.answer is not None and one.answer.known for one in asked)
        found = tuple(one.id for one in hub.sources.contradictions if one.found_in(values))
        with hub.database.writing() as session:
            self._write(session, purpose, subject, asked, found)
        there = {path: value for path, value in values.items() if value is not None}
        return Reading(there, known, tuple(one.said for one in asked), found)

    def _by_source(self, paths: Iterable[str]) -> list[tuple[DataSource, list[DataField]]]:
        grouped: dict[str, tuple[DataSource, list[DataField]]] = {}
        for path in sorted(set(paths)):
            found = self._hub.sources.at(path)
            if found is not None:
                grouped.setdefault(found[0].id, (found[0], []))[1].append(found[1])
        return [grouped[one.id] for one in self._hub.sources.all if one.id in grouped]

    def _kept(
        self, session: Session, purpose: Purpose, subject: str, wanted: Sequence[tuple[DataSource, list[DataField]]]
    ) -> dict[str, Answer]:
        if purpose.case_id is None:
            return {}
        found, anew = {}, self._hub.sources.at(purpose.fresh)
        for source, fields in wanted:
            if anew is not None and anew[0] is source:
                continue
            held = Held(purpose.case_id, source.id, subject)
            answer = kept_answer(session, self._hub, held, tuple(one.name for one in fields))
            if answer is not None:
                found[source.id] = answer
        return found

    def _ask(
        self,
        purpose: Purpose,
        number: str,
        subject: str,
        source: DataSource,
        fields: tuple[str, ...],
        kept: Answer | None,
    ) -> _Asked:
        if kept is not None:
            values = {name: value for name, value in kept.values.items() if name in fields}
            missing = tuple(name for name in fields if name not in values)
            answer = Answer(kept.id_number, kept.known, values, kept.as_of)
            return _Asked(Said(source.id, "cached", fields, missing, kept.as_of), answer)
        key = hashlib.sha256(f"{purpose.reference}\n{source.id}\n{subject}\n{','.join(fields)}".encode()).hexdigest()
        try:
            answers = self.port.ask(Question(key, source.id, number, fields, purpose.id, purpose.reference))
        except SourceSilent as silent:
            return _Asked(Said(source.id, "late" if silent.late else "silent", fields))
        except SourceRefused as refused:
            return _Asked(Said(source.id, refused.word, fields))
        first = answers[0] if answers else None
        if first is None:
            return _Asked(Said(source.id, "silent", fields))
        if first.id_number != number or any(one != first for one in answers):
            return _Asked(Said(source.id, "wrong", fields))
        # What was not asked for is dropped at the door: a source that says more changes nothing.
        values = {name: value for name, value in first.values.items() if name in fields}
        answer = Answer(number, first.known, values if first.known else {}, first.as_of)
        missing = tuple(name for name in fields if answer.values.get(name) is None)
        word: Word = "read" if first.known else "unknown"
        return _Asked(Said(source.id, word, fields, missing, first.as_of), answer, fresh=True)

    def _values(self, asked: Sequence[_Asked]) -> dict[str, object]:
        """By place; a known person's field that the source has nothing for is there as None, for the comparison."""
        values: dict[str, object] = {}
        for one in asked:
            source = self._hub.sources.source(one.said.source)
            if one.answer is None or not one.answer.known or source is None:
                continue
            places = {each.name: each.at for each in source.fields}
            values |= {places[name]: one.answer.values.get(name) for name in one.said.fields}
        return values

    def _write(
        self, session: Session, purpose: Purpose, subject: str, asked: Sequence[_Asked], found: Sequence[str]
    ) -> None:
        hub = self._hub
        note_reads(session, hub, purpose, subject, [one.said for one in asked])
        fresh = [(one.said, one.answer) for one in asked if one.fresh and one.answer is not None]
        if purpose.case_id is not None and fresh and _is_open(session, purpose.case_id):
            for said, answer in fresh:
                keep(session, hub, Held(purpose.case_id, said.source, subject), said.fields, answer)
        wrong = [(_WRONG, [one.said.source]) for one in asked if one.said.word == "wrong"]
        kinds = {one.id: one for one in hub.sources.contradictions}
        between = [(kind, sorted({_source_of(hub, path) for path in kinds[kind].reads})) for kind in found]
        for kind, sources in (*wrong, *between):
            _note_contradiction(session, hub, purpose, subject, kind, sources)


def _is_open(session: Session, case_id: int) -> bool:
    """Whether the case still goes on: it may have been settled while a source was asked, and nothing outlives it."""
    return session.scalar(select(Case.state).where(Case.id == case_id)) in OPEN


def note_reads(session: Session, hub: Hub, purpose: Purpose, subject: str, said: Iterable[Said]) -> None:
    """Writes reads down in the caller's transaction."""
    session.add_all(
        DataRead(
            source=one.source,
            fields=list(one.fields),
            missing=list(one.missing),
            purpose=purpose.id,
            case_id=purpose.case_id,
            reference=purpose.reference,
            reader=purpose.reader,
            who=purpose.who[:80],
            subject=subject,
            region=purpose.region,
            word=one.word,
            as_of=None if one.as_of is None else one.as_of.isoformat(),
            at=hub.clock(),
        )
        for one in said
    )


def _may(purpose: Purpose, source: DataSource, one: DataField, approved: frozenset[tuple[str, str]]) -> bool:
    if one.share == "never":
        return False
    return one.share == "free" or purpose.own or (source.id, one.name) in approved


def _source_of(hub: Hub, path: str) -> str:
    found = hub.sources.at(path)
    return "" if found is None else found[0].id


def _note_contradiction(
    session: Session, hub: Hub, purpose: Purpose, subject: str, kind: str, sources: list[str]
) -> None:
    """Once for each person and kind, as long as nobody has told the keeper of it."""
    known = select(DataContradiction.id).where(
        DataContradiction.subject == subject, DataContradiction.kind == kind, DataContradiction.told_at.is_(None)
    )
    if session.scalars(known.limit(1)).first() is None:
        session.add(
            DataContradiction(
                kind=kind,
                sources=sources,
                subject=subject,
                case_id=purpose.case_id,
                reference=purpose.reference,
                region=purpose.region,
                found_at=hub.clock(),
            )
        )
