"""What is read of a whole village at once, by standing order: no case asks for it, and still it is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.gateway.port import Answer, Question, SourcePort, SourceRefused, SourceSilent, VillageQuestion
from hub.gateway.reading import Purpose, Said, note_reads
from hub.gateway.sharing import approved_fields, mounted_sources
from hub.gateway.tables import DataRead
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day
from seeds.data_sources import DataField, DataSource

VILLAGE = "village"
"""What stands in the log in place of a case's number."""
_Wanted = dict[str, tuple[DataSource, list[DataField]]]
_Ask = Callable[[DataSource, tuple[str, ...]], Sequence[Answer]]


@dataclass(frozen=True, slots=True, repr=False)
class Villager:
    """Somebody of a village, with what was asked for by its place; what a source has nothing for is left out."""

    id_number: str
    values: Mapping[str, object] = field(default_factory=dict)


class Villages:
    """Reads villages through the port of the sources; ask it outside of any transaction."""

    def __init__(self, hub: Hub, port: SourcePort) -> None:
        self._hub = hub
        self._port = port

    def read(self, purpose: str, region: str, paths: Sequence[str]) -> tuple[Villager, ...] | None:
        """Everybody of a village of whom the sources have something; None where one may not, or does not, tell."""

        def ask(source: DataSource, names: tuple[str, ...]) -> tuple[Answer, ...]:
            return self._port.village(VillageQuestion(self._key(source, region), source.id, region, names, purpose))

        return self._read(purpose, region, paths, ask)

    def one(self, purpose: str, id_number: str, paths: Sequence[str]) -> Villager | None:
        """One person of it; None where a source may not, or does not, tell, or tells of somebody else."""
        number = id_number.upper()

        def ask(source: DataSource, names: tuple[str, ...]) -> tuple[Answer, ...]:
            key = self._key(source, number)
            return self._port.ask(Question(key, source.id, number, names, purpose, VILLAGE))

        found = self._read(purpose, "", paths, ask)
        if found is None or any(one.id_number != number for one in found):
            return None
        return found[0] if found else Villager(number)

    def note(self, session: Session, purpose: str, region: str, paths: Iterable[str]) -> None:
        """Writes the day's read of a village down, once a day however often it is repeated."""
        hub, now = self._hub, self._hub.clock()
        began = datetime.combine(local_day(now), time(), SHANGHAI)
        known = select(DataRead.id).where(
            DataRead.subject == "", DataRead.region == region, DataRead.purpose == purpose, DataRead.at >= began
        )
        if session.scalars(known.limit(1)).first() is not None:
            return
        said = [
            Said(source.id, "read", tuple(one.name for one in fields), as_of=local_day(now))
            for source, fields in self._by_source(paths).values()
        ]
        note_reads(session, hub, Purpose(purpose, VILLAGE, "office", "", region), "", said)

    def _read(self, purpose: str, region: str, paths: Sequence[str], ask: _Ask) -> tuple[Villager, ...] | None:
        wanted = self._by_source(paths)
        if not self._may(purpose, paths, wanted):
            return None
        people: dict[str, dict[str, object]] = {}
        for source, fields in wanted.values():
            names = tuple(one.name for one in fields)
            try:
                answers = _each_once(ask(source, names))
            except (SourceSilent, SourceRefused):
                return None
            if answers is None:
                return None
            places = {one.name: one.at for one in fields}
            for answer in answers:
                mine = people.setdefault(answer.id_number, {})
                mine |= {places[name]: value for name, value in answer.values.items() if name in places}
        if region:  # the log is durable before anything is handed out
            with self._hub.database.writing() as session:
                self.note(session, purpose, region, paths)
        return tuple(Villager(number, values) for number, values in sorted(people.items()))

    def _may(self, purpose: str, paths: Sequence[str], wanted: _Wanted) -> bool:
        """Whether every place is known, connected, and approved for the purpose."""
        if any(self._hub.sources.at(path) is None for path in paths):
            return False
        with self._hub.database.reading() as session:
            mounted, approved = mounted_sources(session, self._hub), approved_fields(session, purpose)
        return all(
            source.id in mounted and all(one.share == "free" or (source.id, one.name) in approved for one in fields)
            for source, fields in wanted.values()
        )

    def _by_source(self, paths: Iterable[str]) -> _Wanted:
        grouped: _Wanted = {}
        for found in map(self._hub.sources.at, paths):
            if found is not None:
                grouped.setdefault(found[0].id, (found[0], []))[1].append(found[1])
        return grouped

    def _key(self, source: DataSource, whom: str) -> str:
        """A day's question: a source that is late has it by the next time it is asked."""
        return f"{VILLAGE}/{source.id}/{whom}/{local_day(self._hub.clock())}"


def _each_once(answers: Sequence[Answer]) -> tuple[Answer, ...] | None:
    """Each person once; None where a source says two things of one, for then it is believed in nothing."""
    told: dict[str, Answer] = {}
    for one in answers:
        if told.setdefault(one.id_number, one) != one:
            return None
    return tuple(one for one in told.values() if one.known)
