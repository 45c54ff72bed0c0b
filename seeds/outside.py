"""To which outside party an item's approved cases are handed, and what that party is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from seeds.form import FieldName

PartyName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,19}$")]


class OutsideRule(BaseModel):
    """A party of this name, or the one that a field of the form names; exactly the answers listed are handed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    party: PartyName | None = None
    party_field: FieldName | None = None
    amount: FieldName | None = None  # in fen; what the board of needs adds up
    tells: tuple[FieldName, ...] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _one_party(self) -> OutsideRule:
        if (self.party is None) == (self.party_field is None):
            raise ValueError("的 outside 里 party 和 party_field 要写一个，只写一个")
        return self

    def fields(self) -> frozenset[str]:
        """Every field of the form that is spoken of."""
        return frozenset(name for name in (self.party_field, self.amount, *self.tells) if name is not None)
