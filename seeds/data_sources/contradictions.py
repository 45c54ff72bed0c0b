"""What contradicts what, in CEL over the fields that were read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from seeds.decision import RuleError, ask, compiled
from seeds.decision_rule import FactPath
from seeds.item import Slug
from seeds.words import Words


class Contradiction(BaseModel):
    """A sentence that holds wherever the data agree; it is only asked where every field it reads was answered."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Slug
    reads: tuple[FactPath, ...] = Field(min_length=2)
    holds: str = Field(min_length=1, max_length=500)
    words: Words

    @field_validator("holds")
    @classmethod
    def _is_cel(cls, cel: str) -> str:
        try:
            compiled(cel)
        except RuleError:
            raise ValueError("不是正确的 CEL") from None
        return cel

    def found_in(self, values: Mapping[str, object]) -> bool:
        """Whether the values (by where a rule finds them) contradict each other; one that is absent contradicts none.

        A date or text that the source answered as unknown counts as empty.
        """
        if any(path not in values for path in self.reads):
            return False
        facts: dict[str, Any] = {}
        for path in self.reads:
            here = facts
            *parents, last = path.split(".")
            for part in parents:
                here = here.setdefault(part, {})
            here[last] = "" if values[path] is None else values[path]
        try:
            return not ask(self.holds, facts)
        except RuleError:
            return True  # of another shape than it should be: a person looks
