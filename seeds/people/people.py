"""Invented residents and helpers, with what stands on their cards and what the sandbox base library says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.identifiers import layout_of, mask_name, mask_number
from seeds.identifiers.layout import Layout
from seeds.places import PEOPLE
from seeds.trouble import SeedTrouble


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pension(_Data):
    """What the pension office would know; months are counted back from today so that the demo never ages."""

    scheme: Literal["residents", "employees"]
    status: Literal["receiving", "suspended"]
    county: str = Field(pattern=r"^[0-9]{4,6}$")  # who pays: a county, or a city without counties
    qualified_months_ago: int | None = Field(default=None, ge=0)


class Contribution(_Data):
    """Months paid into a social insurance scheme in a year, the year counted back from today's."""

    years_ago: int = Field(ge=0, le=40)
    scheme: Literal["residents_pension", "employees_pension", "residents_medical", "employees_medical"]
    months: int = Field(ge=1, le=12)
    paid_fen: int = Field(ge=0)  # what the person paid, the employer's share not counted


class Person(_Data):
    """One invented person."""

    slug: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    name: str = Field(min_length=1)
    sex: Literal["1", "2"]  # GB/T 2261.1: 1 male, 2 female
    ethnic: str = Field(default="", pattern=r"^([0-9]{2})?$")  # GB/T 3304 code; residents' cards only
    birth: date
    address: str = ""
    id_number: str
    authority: str
    valid_from: str = Field(pattern=r"^[0-9]{8}$")
    valid_to: str = Field(pattern=r"^([0-9]{8}|长期)$")
    layout: Layout
    region: str = Field(pattern=r"^[0-9]{9,12}$")
    roles: tuple[Literal["resident", "helper"], ...] = Field(min_length=1)
    note: str  # what this person is here for
    pension: Pension | None = None
    contributions: tuple[Contribution, ...] | None = Field(default=None, max_length=60)  # None: never insured
    household: str = Field(default="", pattern=r"^[a-z0-9-]*$")  # the same for all who live in one household
    phone: str = Field(default="", pattern=r"^(1[0-9]{10})?$")
    certificates: tuple[str, ...] = ()  # kinds of electronic certificates on record
    credit_listed: bool = False  # for broken promises (失信)
    alive: bool = True
    died_on: date | None = None  # in the demo also set for a person called alive: the contradiction is the case
    card: dict[str, str] = Field(default_factory=dict)  # what only the J, I and Y layouts have

    @property
    def masked_name(self) -> str:
        """The name as others may see it."""
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        """The number as others may see it."""
        return mask_number(self.id_number)

    def card_record(self) -> dict[str, str]:
        """What is printed and stored on the card, under the names the simulated reader takes; without a photo."""
        return {
            "layout": self.layout,
            "name": self.name,
            "sex": self.sex,
            "ethnic": self.ethnic,
            "birth": f"{self.birth:%Y%m%d}",
            "address": self.address,
            "number": self.id_number,
            "authority": self.authority,
            "valid_from": self.valid_from,
            "valid_to": self.valid_to,
            **self.card,
        }

    def library_row(self, today: date) -> dict[str, object]:
        """The row of the sandbox base library (演示) on that day: the `person` that a rule reads."""
        row: dict[str, object] = {
            "id_number": self.id_number,
            "name": self.name,
            "birth": self.birth.isoformat(),
            "alive": self.alive,
            "died_on": self.died_on.isoformat() if self.died_on else None,
            "region": self.region,
            "city": self.region[:4],
            "address": self.address,
            "as_of": today.isoformat(),
        }
        if self.pension is not None:
            row["pension"] = {
                "scheme": self.pension.scheme,
                "status": self.pension.status,
                "county": self.pension.county,
                "last_qualified": _months_before(today, self.pension.qualified_months_ago),
            }
        if self.contributions is not None:
            row["insurance"] = {"years": [_year(each, today) for each in self.contributions]}
        row |= {name: value for name, value in (("household", self.household), ("phone", self.phone)) if value}
        row["credit"] = {"listed": self.credit_listed}
        row["place"] = {"division": self.region}
        if self.contributions is not None:
            row["insured_name"] = self.name
        if self.certificates:
            row["certificates"] = list(self.certificates)
        return row

    @model_validator(mode="after")
    def _number_fits(self) -> Person:
        if layout_of(self.id_number) != self.layout:
            raise ValueError("的证件号码不对，或不是这种证件的号码")
        birth = f"{self.birth:%Y%m%d}"
        if self.id_number[7:13] != birth[2:] if self.layout == "I" else self.id_number[6:14] != birth:
            raise ValueError("的证件号码里的出生日期和 birth 不一致")
        if self.layout == "resident" and (int(self.id_number[16]) % 2 == 1) != (self.sex == "1"):
            raise ValueError("的证件号码里的性别和 sex 不一致")
        return self


@dataclass(frozen=True)
class People:
    """All invented people, by slug."""

    all: tuple[Person, ...]

    @classmethod
    def load(cls, folder: Path = PEOPLE) -> People:
        """Reads one file per person; the file's name is the slug."""
        from seeds.checking import parsed
        from seeds.yaml_file import read_yaml

        found = []
        for path in sorted(folder.glob("*.yaml")):
            file = read_yaml(path)
            found.append(parsed(Person, file, {"slug": path.stem.replace("_", "-"), **file.mapping()}))
        if not found:
            raise SeedTrouble(f"{folder} 里没有虚构的居民。", "请检查安装是否完整。")
        numbers = [person.id_number for person in found]
        for number in numbers:
            if numbers.count(number) > 1:
                raise SeedTrouble(f"证件号码 {mask_number(number)} 用在了两个人身上。", "请给其中一个换号码。")
        return cls(tuple(found))

    def __getitem__(self, slug: str) -> Person:
        """The person of this slug; `_` and `-` are the same. Raises KeyError."""
        return self._by_slug[slug.replace("_", "-")]

    def __contains__(self, slug: str) -> bool:
        """Whether there is such a person."""
        return slug.replace("_", "-") in self._by_slug

    def __iter__(self) -> Iterator[Person]:
        """Everybody, in the order of the slugs."""
        return iter(self.all)

    def by_number(self, id_number: str) -> Person | None:
        """The person with this document number, or None."""
        return next((person for person in self.all if person.id_number == id_number), None)

    def helpers(self, region: str) -> tuple[Person, ...]:
        """Who may witness in this village."""
        return tuple(person for person in self.all if "helper" in person.roles and person.region == region)

    @cached_property
    def _by_slug(self) -> Mapping[str, Person]:
        return {person.slug: person for person in self.all}


def _year(paid: Contribution, today: date) -> dict[str, object]:
    """A year's record; of this year no month is told that has not come yet, but where a year is paid at once."""
    running = paid.years_ago == 0 and paid.scheme != "residents_medical"
    months = min(paid.months, today.month) if running else paid.months
    return {
        "year": today.year - paid.years_ago,
        "scheme": paid.scheme,
        "months": months,
        "paid_fen": paid.paid_fen * months // paid.months,
    }


def _months_before(day: date, months: int | None) -> str | None:
    if months is None:
        return None
    month = day.year * 12 + day.month - 1 - months
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
