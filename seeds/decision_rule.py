"""The rule that decides an item, as data: facts it reads, checks it makes, golden cases that pin it down."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from seeds.words import Words

Outcome = Literal["approve", "manual", "refuse"]
FactPath = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_]+)*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Fact(_Data):
    """One fact the rule reads; a rule sees nothing that is not declared here."""

    path: FactPath
    type: Literal["text", "bool", "integer", "number", "date", "month", "rows"]  # rows: a list of flat records
    label: Words
    optional: bool = False
    fresh_days: int | None = Field(default=None, ge=0)  # a date: how old it may be on the day of the decision

    @model_validator(mode="after")
    def _only_dates_age(self) -> Fact:
        if self.fresh_days is not None and self.type != "date":
            raise ValueError("里只有 date 才能写 fresh_days")
        return self


class Check(_Data):
    """One question in CEL; true passes, false leads to `otherwise`, and each answer has its sentence."""

    code: Code
    cel: str = Field(min_length=1, max_length=2_000)
    otherwise: Literal["manual", "refuse"] = "manual"
    before_fee: bool = False  # nobody is asked for the fee before it holds
    passed: Words
    failed: Words


class RuleWords(_Data):
    """What is said when a fact is missing, too old or not what it should be, or when the rule itself fails."""

    missing: Words
    stale: Words
    malformed: Words
    rule_error: Words

    @model_validator(mode="after")
    def _labels(self) -> RuleWords:
        if any("labels" not in words.fields for words in (self.missing, self.stale, self.malformed)):
            raise ValueError("missing、stale、malformed 里要有 {labels}")
        return self


class DecisionRule(_Data):
    """A versioned rule: all checks true approves, anything uncertain goes to a person."""

    version: str = Field(min_length=1)
    effective: date
    facts: tuple[Fact, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = Field(min_length=1)
    words: RuleWords

    @model_validator(mode="after")
    def _each_once(self) -> DecisionRule:
        paths = [fact.path for fact in self.facts]
        codes = [check.code for check in self.checks]
        if len(set(paths)) < len(paths) or len(set(codes)) < len(codes):
            raise ValueError("里有重复的 path 或 code")
        if any(path.startswith(f"{other}.") for path in paths for other in paths):
            raise ValueError("里有一个 path 在另一个里面")
        if {"missing", "stale", "malformed", "rule_error"} & set(codes):
            raise ValueError("里的 code 不能叫 missing、stale、malformed、rule_error")
        if "today" not in paths:
            raise ValueError("的 facts 里要有 today")
        return self


class GoldenCase(_Data):
    """What the rule has to say about one set of facts: the base with some places set or removed."""

    name: str = Field(min_length=1)
    set: dict[FactPath, Any] = Field(default_factory=dict)
    remove: tuple[FactPath, ...] = ()
    outcome: Outcome
    reasons: tuple[str, ...] = ()  # codes; for approve all checks speak, so none need be named


class Golden(_Data):
    """The golden cases of an item's rule; `check` runs them, and so do the tests."""

    base: dict[str, Any]
    cases: tuple[GoldenCase, ...] = Field(min_length=2)
