"""The result of a query as data: rows of label and value over the facts that the item's rule reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seeds.decision_rule import FactPath
from seeds.words import Words

MOST_ROWS: Final = 40


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Data):
    """One value of a row, in CEL over the rule's facts (and `row` where the row stands for a list)."""

    cel: str = Field(min_length=1, max_length=500)
    how: Literal["text", "yuan", "month", "day", "name", "words"] = "text"  # name: masked
    words: dict[str, Words] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _words_where_wanted(self) -> Part:
        if (self.how == "words") != bool(self.words):
            raise ValueError("写了 how: words 的才有 words，也必须有")
        return self


class ResultRow(_Data):
    """A line of the result, or with `each` one line for every entry of a list of facts."""

    each: FactPath | None = None
    where: str | None = Field(default=None, max_length=500)  # CEL: only where this holds
    label: Words
    value: Words
    parts: dict[str, Part] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _all_parts(self) -> ResultRow:
        if (self.label.fields | self.value.fields) != set(self.parts):
            raise ValueError("的 parts 和文字里花括号的名称不一致")
        return self


class ResultTemplate(_Data):
    """The result of an approved query, as the resident reads and prints it."""

    rows: tuple[ResultRow, ...] = Field(min_length=1, max_length=MOST_ROWS)
    found: Words | None = None  # said in place of "passed": what was found is the outcome, and its own reason
    none: Words  # said where no row came of it
    note: Words | None = None

    def expressions(self) -> Iterator[str]:
        """Every CEL expression, for checking them beforehand."""
        for row in self.rows:
            if row.where is not None:
                yield row.where
            yield from (part.cel for part in row.parts.values())
