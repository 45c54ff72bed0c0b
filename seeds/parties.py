"""Who besides the applicant has to say yes before a case is decided, and what each may see of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.form import FieldName
from seeds.words import Words


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Party(_Data):
    """One who is asked: what they are called, and the field of the form that holds their number."""

    role: FieldName
    words: Words = Field(alias="name")
    number: FieldName


class Parties(_Data):
    """The parties of an item's cases; its rule runs when all have confirmed, each with their own card."""

    applicant: Words  # what who began it is called
    others: tuple[Party, ...] = Field(min_length=1, max_length=4)
    days: int = Field(ge=1, le=30)  # in which to confirm; silent for longer ends the case
    shows: tuple[FieldName, ...] = ()  # of the form: what who is asked sees, once it is sure who they are
    pays: FieldName | None = None  # the role that is shown the order; none: who began it
    holds: FieldName | None = None  # the role whose certificate it becomes; none: who began it
    hands_over: FieldName | None = None  # certificates of this kind and this field's value end with the new one

    @model_validator(mode="after")
    def _roles(self) -> Parties:
        roles = [each.role for each in self.others]
        if len(set(roles)) < len(roles):
            raise ValueError("的 parties 里有重复的 role")
        if {self.pays, self.holds} - {None, *roles}:
            raise ValueError("的 parties 里 pays、holds 说到没有的 role")
        return self

    def fields(self) -> frozenset[str]:
        """Every field of the form that is spoken of."""
        handed = () if self.hands_over is None else (self.hands_over,)
        return frozenset((*(each.number for each in self.others), *self.shows, *handed))
