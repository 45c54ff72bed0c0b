"""Invented organisations: who represents them, who else may act for them and until when, and what they paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seeds.identifiers import mask_name
from seeds.identifiers.uscc import uscc_ok
from seeds.item import Slug
from seeds.people import People
from seeds.places import ORGANISATIONS
from seeds.trouble import SeedTrouble

OrganisationKind = Literal["company", "cooperative", "individual_business", "village_collective"]
ALL_MATTERS: Final = "all"
"""What stands as the scope of whoever may do everything."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Agent(_Data):
    """Somebody who was given leave to act (经办人); the end is counted from today so that the demo never ages."""

    person: Slug  # of seeds/people
    scope: tuple[Slug, ...] = ()  # departments whose items it covers; none: all
    until_days: int | None = Field(default=None, ge=-3_650, le=3_650)  # none: until it is taken back


class PaidMonths(_Data):
    """Employees' insurance of a year, the year counted back from today's."""

    years_ago: int = Field(ge=0, le=10)
    months: int = Field(ge=1, le=12)
    people: int = Field(ge=1, le=100_000)
    paid_fen: int = Field(ge=0)  # the employer's share of these months


class Enrolment(_Data):
    """What the insurance office knows of an employer."""

    people: int = Field(ge=0, le=100_000)
    owed_months: int = Field(ge=0, le=120)
    years: tuple[PaidMonths, ...] = Field(default=(), max_length=10)


class Organisation(_Data):
    """One invented company, co-operative, individual business (个体户) or village collective."""

    slug: Slug
    uscc: str
    name: str = Field(min_length=2, max_length=40)
    kind: OrganisationKind
    state: Literal["存续", "注销"] = "存续"
    region: str = Field(pattern=r"^[0-9]{9,12}$")
    note: str  # what it is here for
    representative: Slug
    agents: tuple[Agent, ...] = Field(default=(), max_length=20)
    enrolment: Enrolment | None = None  # none: no employer

    @field_validator("uscc")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if not uscc_ok(code):
            raise ValueError("不是正确的统一社会信用代码")
        return code

    def library_row(self, today: date, people: People) -> dict[str, object]:
        """The row of the sandbox library (演示) on that day: the `organisation` that a rule reads."""
        row: dict[str, object] = {
            "registered": {
                "name": self.name,
                "kind": self.kind,
                "state": self.state,
                "representative": mask_name(people[self.representative].name),
            }
        }
        if self.enrolment is not None:
            row["enrolment"] = {
                "people": self.enrolment.people,
                "owed_months": self.enrolment.owed_months,
                "years": [_year(each, today) for each in self.enrolment.years],
            }
        return row

    def agency_rows(self, person: Slug, today: date) -> Iterator[dict[str, object]]:
        """Each relation of a person to it, as the library tells it: flat, with an empty `until` where none is set."""
        row: dict[str, object] = {"uscc": self.uscc, "name": self.name, "kind": self.kind, "state": self.state}
        if person == self.representative:
            yield {**row, "role": "representative", "scope": ALL_MATTERS, "until": ""}
        for agent in self.agents:
            if agent.person == person:
                until = None if agent.until_days is None else today + timedelta(days=agent.until_days)
                scope = " ".join(agent.scope) or ALL_MATTERS
                yield {**row, "role": "agent", "scope": scope, "until": "" if until is None else until.isoformat()}


@dataclass(frozen=True)
class Organisations:
    """All invented organisations, and the people they name."""

    all: tuple[Organisation, ...]
    people: People

    @classmethod
    def load(cls, folder: Path = ORGANISATIONS) -> Organisations:
        """Reads one file per organisation; raises SeedTrouble, also where one names nobody we know."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        people, found = People.load(), list[Organisation]()
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            one = parsed(Organisation, file, {"slug": path.stem.replace("_", "-"), **file.mapping()})
            for slug in (one.representative, *(agent.person for agent in one.agents)):
                if slug not in people:
                    raise file.trouble((), f"说到的人 {slug} 不在 seeds/people 里。", "请检查写法。")
            if one.uscc in {other.uscc for other in found}:
                raise file.trouble(("uscc",), "和另一个单位重复了。", "请换一个代码。")
            found.append(one)
        if not found:
            raise SeedTrouble(f"{folder} 里没有虚构的单位。", "请检查安装是否完整。")
        return cls(tuple(found), people)

    def __getitem__(self, slug: str) -> Organisation:
        """The organisation of this slug. Raises KeyError."""
        return {one.slug: one for one in self.all}[slug]

    def by_code(self, uscc: str) -> Organisation | None:
        """The organisation of this code, or None."""
        return self._by_code.get(uscc.upper())

    def agencies(self, id_number: str, today: date) -> list[dict[str, object]]:
        """For whom somebody may act, or once could: relations that ended are told as such."""
        person = self.people.by_number(id_number)
        return [] if person is None else [row for one in self.all for row in one.agency_rows(person.slug, today)]

    def represented(self, id_number: str) -> list[dict[str, object]]:
        """Whose legal representative somebody is."""
        person = self.people.by_number(id_number)
        return [
            {"name": one.name, "uscc": one.uscc, "state": one.state}
            for one in self.all
            if person is not None and one.representative == person.slug
        ]

    @cached_property
    def _by_code(self) -> dict[str, Organisation]:
        return {one.uscc: one for one in self.all}


def _year(paid: PaidMonths, today: date) -> dict[str, object]:
    """A year's record; of this year no month is told that has not come yet."""
    months = min(paid.months, today.month) if paid.years_ago == 0 else paid.months
    return {
        "year": today.year - paid.years_ago,
        "months": months,
        "people": paid.people,
        "paid_fen": paid.paid_fen * months // paid.months,
    }
