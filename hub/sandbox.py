"""The sandbox base library (演示): what an authority would know of the invented people, in a table of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from hub.database import Database
from hub.moments import Clock, local_day
from hub.tables import BasePerson
from seeds.people import People

DATA_SOURCE: Final = "sandbox"


def load_base_library(database: Database, people: People, clock: Clock) -> int:
    """Puts the invented people that are not there yet into the library; what the hub learnt of the others stays.

    What a later version of the program knows of them besides is added.
    """
    now = clock()
    with database.writing() as session:
        known = {row.id_number: row for row in session.scalars(select(BasePerson))}
        for person in people:
            row = known.get(person.id_number)
            facts = person.library_row(local_day(now))
            if row is not None and facts.keys() - row.facts.keys():
                row.facts = {**facts, **row.facts}
        rows = [
            {
                "id_number": person.id_number,
                "name": person.name,
                "region": person.region,
                "helper": "helper" in person.roles,
                "facts": person.library_row(local_day(now)),
                "loaded_at": now,
            }
            for person in people
            if person.id_number not in known
        ]
        if rows:  # another replica may be loading them at this moment
            insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            session.execute(insert(BasePerson).on_conflict_do_nothing(), rows)
    return len(rows)


def person_facts(row: BasePerson | None, today: date) -> dict[str, Any] | None:
    """What the library answers about a person today; None when it does not know the number."""
    return None if row is None else {**row.facts, "as_of": today.isoformat(), "age": _age(row.facts, today)}


def _age(facts: Mapping[str, Any], today: date) -> int | None:
    """Whole years; None where the library's birth date is no date."""
    try:
        born = date.fromisoformat(str(facts.get("birth")))
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
