"""Whether somebody may act for an organisation: the level `legal_person` is a proven person and a confirmed relation.

What a terminal or the person says of it counts for nothing here; only what the library of legal persons tells does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hub.applications import Application
from seeds.item import Item

LEGAL_PERSON: Final = "legal_person"
"""The identity level of a case whose agent was confirmed."""
OPEN: Final = "存续"
ALL_MATTERS: Final = "all"
Doubt = Literal[
    "agency_unchecked",
    "agency_unknown",
    "agency_ended",
    "agency_scope",
    "organisation_closed",
]
WhoseDoubt = Literal["organisation_wanted", "organisation_not_offered"]


class Agency(BaseModel):
    """One relation of a person to an organisation, as the library tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    uscc: str = Field(pattern=r"^[0-9A-Z]{18}$")
    name: str = Field(max_length=80)
    kind: str = Field(default="", max_length=40)
    state: str = Field(max_length=20)
    role: Literal["representative", "agent"]
    scope: str = Field(default="", max_length=200)  # departments, parted by blanks, or ALL_MATTERS
    until: Annotated[date | None, BeforeValidator(lambda said: said or None)] = None  # the last day


@dataclass(frozen=True, slots=True)
class Standing:
    """What came of looking: the relation that holds, or why none does."""

    agency: Agency | None = None
    doubt: Doubt | None = None


def agencies_of(untrusted: object) -> Iterator[Agency]:
    """The relations as far as they can be read; what cannot confirms nothing."""
    for row in untrusted if isinstance(untrusted, list) else ():
        try:
            yield Agency.model_validate(row)
        except ValidationError:
            continue


def standing(agencies: Iterable[Agency], uscc: str, item: Item, day: date) -> Standing:
    """Whether one of the relations lets a person do this item for this organisation on that day."""
    closest = Standing(doubt="agency_unknown")
    for one in agencies:
        if one.uscc != uscc:
            continue
        doubt = _doubt(one, item, day)
        if doubt is None:
            return Standing(agency=one)
        closest = Standing(doubt=doubt)
    return closest


def offered(agencies: Iterable[Agency], item: Item, day: date) -> tuple[Agency, ...]:
    """Those to choose from, each organisation once."""
    open_ones = {one.uscc: one for one in agencies if _doubt(one, item, day) is None}
    return tuple(open_ones.values())


def whose_doubt(applied: Application, item: Item) -> WhoseDoubt | None:
    """Why a person must look: done for an organisation where the item is not, or for none where it only is."""
    if applied.acting.whose != "organisation":
        return "organisation_wanted" if set(item.whose.allows) == {"organisation"} else None
    if "organisation" not in item.whose.allows:
        return "organisation_not_offered"
    return None if applied.organisation() is not None else "organisation_wanted"


def _doubt(one: Agency, item: Item, day: date) -> Doubt | None:
    if one.state != OPEN:
        return "organisation_closed"
    if one.until is not None and day > one.until:
        return "agency_ended"
    matters = one.scope.split()
    covered = one.role == "representative" or ALL_MATTERS in matters or item.department_data.id in matters
    return None if covered else "agency_scope"
