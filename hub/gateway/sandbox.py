"""The sandbox's sources (演示) over the invented residents: they answer, or are late, wrong, silent, old, or repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, Literal, get_args

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.certificates.held import held_titles
from hub.gateway.port import Answer, ChangeOrder, Question, SourceSilent, VillageQuestion
from hub.gateway.tables import SandboxQuestion
from hub.houses.standing import by_list, rows_of
from hub.hub import Hub
from hub.manners import behave, manner_of
from hub.moments import local_day
from hub.sandbox import person_facts
from hub.tables import BasePerson
from seeds.data_sources import DataSource
from seeds.organisations import Organisations

Manner = Literal["well", "late", "wrong", "silent", "old", "twice"]
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
LISTS: Final = "new-houses"
"""The source that holds what developers have reported."""
_PARTY: Final = "lib:"
_SOMEBODY_ELSE: Final = "440999190001010000"
_OLD_DAYS: Final = 400


@cache
def _organisations() -> Organisations:
    return Organisations.load()


class SandboxSources:
    """Answers for every source of the catalogue from the one table of invented residents, and the organisations."""

    def __init__(self, hub: Hub, organisations: Organisations | None = None) -> None:
        self._hub = hub
        self._organisations = organisations or _organisations()

    def ask(self, question: Question) -> tuple[Answer, ...]:
        """See `SourcePort`."""
        manner = self.manner(question.source)
        if manner == "silent":
            raise SourceSilent
        if question.source == LISTS and self._waits_for_a_list(question):
            raise SourceSilent(late=True)
        if manner == "late" and not self._is_time(question.key):
            raise SourceSilent(late=True)
        answer = self._answer(question)
        if manner == "wrong":
            return (Answer(_SOMEBODY_ELSE, answer.known, answer.values, answer.as_of),)
        if manner == "old":
            return (Answer(answer.id_number, answer.known, answer.values, answer.as_of - timedelta(days=_OLD_DAYS)),)
        return (answer, answer) if manner == "twice" else (answer,)

    def village(self, question: VillageQuestion) -> tuple[Answer, ...]:
        """See `SourcePort`."""
        manner, source = self.manner(question.source), self._hub.sources.source(question.source)
        if manner == "silent" or source is None:
            raise SourceSilent
        if manner == "late" and not self._is_time(question.key):
            raise SourceSilent(late=True)
        with self._hub.database.reading() as session:
            here = select(BasePerson).where(BasePerson.region == question.region)
            rows = session.scalars(here.order_by(BasePerson.id_number).limit(self._hub.settings.region_dues)).all()
            found = [self._of(session, source, row, question.fields) for row in rows]
        answers = tuple(one for one in found if one.known)
        if manner == "wrong":  # everything of one and the same
            return tuple(replace(one, id_number=_SOMEBODY_ELSE) for one in answers)
        if manner == "old":
            return tuple(replace(one, as_of=one.as_of - timedelta(days=_OLD_DAYS)) for one in answers)
        return (*answers, *answers) if manner == "twice" else answers

    def change(self, order: ChangeOrder) -> None:
        """See `SourcePort`; one that is late or silent has not done it."""
        source = self._hub.sources.source(order.source)
        field = None if source is None else source.field(order.field)
        if self.manner(order.source) in ("silent", "late"):
            raise SourceSilent
        if field is None:
            return
        with self._hub.database.writing() as session:
            row = session.get(BasePerson, order.id_number, with_for_update=True)
            if row is not None:
                row.facts = _changed(row.facts, field.at.split("."), order)

    def behave(self, source: str, manner: Manner) -> None:
        """Sets how a source behaves from now on."""
        behave(self._hub.database, f"{_PARTY}{source}", manner)

    def manner(self, source: str) -> str:
        """How it behaves now."""
        with self._hub.database.reading() as session:
            return source_manner(session, source)

    def _waits_for_a_list(self, question: Question) -> bool:
        """Whether a case goes by a home that no developer has reported yet: it may come with the next list."""
        with self._hub.database.reading() as session:
            return by_list(self._hub, question.purpose) and not rows_of(session, self._hub, question.id_number)

    def _is_time(self, key: str) -> bool:
        now = self._hub.clock()
        with self._hub.database.writing() as session:
            asked = session.get(SandboxQuestion, key)
            if asked is None:
                session.add(SandboxQuestion(key=key, asked_at=now))
                return False
            return now - asked.asked_at >= timedelta(seconds=self._hub.settings.sandbox_source_late_s)

    def _answer(self, question: Question) -> Answer:
        today = local_day(self._hub.clock())
        source = self._hub.sources.source(question.source)
        with self._hub.database.reading() as session:
            if source is None:
                return Answer(question.id_number, False, {}, today)
            row = session.get(BasePerson, question.id_number)
            if row is None:
                return _of_organisation(self._organisations, source, question, today)
            return self._of(session, source, row, question.fields)

    def _of(self, session: Session, source: DataSource, row: BasePerson, fields: tuple[str, ...]) -> Answer:
        today = local_day(self._hub.clock())
        known = person_facts(row, today) or {}
        places = {field.name: field.at for field in source.fields if field.name in fields}
        values = {name: self._value(session, row, known, at) for name, at in places.items()}
        there = {name: value for name, value in values.items() if value is not None}
        return Answer(row.id_number, bool(there), there, today)

    def _value(self, session: Session, row: BasePerson, known: Mapping[str, Any], at: str) -> object:
        match at:
            case "household_members":
                return list(self._members(session, row)) or None
            case "certificates":
                held = held_titles(session, self._hub, row.id_number)
                return list(dict.fromkeys((*known.get("certificates", ()), *held))) or None
            case "agencies":
                return self._organisations.agencies(row.id_number, local_day(self._hub.clock())) or None
            case "enterprises":
                return self._organisations.represented(row.id_number) or None
            case "new_houses":
                return rows_of(session, self._hub, row.id_number) or None
            case "helper_of":
                return row.region if row.helper else None
            case "place.name":
                division = str(known.get("region", ""))
                return self._hub.regions.full_name(division) if division in self._hub.regions else None
        return _at(known, at)

    def _members(self, session: Session, own: BasePerson) -> Iterator[dict[str, str]]:
        household = own.facts.get("household")
        if not household:
            return
        here = select(BasePerson).where(BasePerson.region == own.region).limit(self._hub.settings.region_dues)
        for row in session.scalars(here):
            if row.facts.get("household") == household and row.id_number != own.id_number and row.facts.get("alive"):
                birth = str(row.facts.get("birth", "")).replace("-", "")
                yield {"name": row.name, "id_number": row.id_number, "birth": birth}


def _at(known: Mapping[str, Any], place: str) -> object:
    here: Any = known
    for part in place.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here


def _of_organisation(organisations: Organisations, source: DataSource, question: Question, today: date) -> Answer:
    """What the library knows of an organisation, asked for by its code."""
    found = organisations.by_code(question.id_number)
    row = {} if found is None else found.library_row(today, organisations.people)
    places = {field.name: field.at for field in source.fields if field.of == "organisation"}
    values = {name: _at(row, places[name]) for name in question.fields if name in places}
    there = {name: value for name, value in values.items() if value is not None}
    return Answer(question.id_number, bool(there), there, today)


def _changed(facts: Mapping[str, Any], path: Sequence[str], order: ChangeOrder) -> dict[str, Any]:
    """The record with the order carried out; what it lies in has to be there: nobody gets a pension by an order."""
    name, *below = path
    there = facts.get(name)
    if below:
        return {**facts, name: _changed(there, below, order)} if isinstance(there, Mapping) else dict(facts)
    if order.value is None:
        return {one: value for one, value in facts.items() if one != name}
    if order.keep != "this" and isinstance(there, str) and there != order.value:
        stands = min if order.keep == "first" else max
        return {**facts, name: stands(there, order.value)}
    return {**facts, name: order.value}


def forget_questions(session: Session, before: datetime) -> None:
    """Lets go of what the sandbox noted about questions of before."""
    session.execute(delete(SandboxQuestion).where(SandboxQuestion.asked_at < before))


def source_manner(session: Session, source: str) -> str:
    """How a sandbox source behaves now."""
    return manner_of(session, f"{_PARTY}{source}")
