"""Decides a case by its item's rule: approve, or refuse, or — whenever anything is uncertain — leave it to a person.

The rule sees only the facts it declares, and exactly these are returned as `inputs`: deciding again on them gives the
same answer, so every decision can be explained and replayed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import celpy
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.celtypes import BoolType
from celpy.evaluation import CELEvalError

from seeds.decision_rule import Check, DecisionRule, Fact, Outcome
from seeds.item import Item

_DAY: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ABSENT: Final = object()
_COMPILED_RULES_KEPT: Final = 4_096
_COMPILING: Final = Lock()
_LARGEST_INTEGER: Final = 2**53  # what JSON carries exactly
_LONGEST_KEPT: Final = 200
_MOST_ROWS: Final = 100
_MOST_COLUMNS: Final = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code and a sentence a resident understands."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule said, by which version, and everything it read."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    rule_version: str
    inputs: Mapping[str, object]


class RuleError(Exception):
    """A rule cannot be compiled or does not answer true or false."""


def decide(item: Item, facts: Mapping[str, object]) -> Decision:
    """Applies the item's rule to the facts; never raises for what the facts or the rule contain."""
    rule = item.decision
    inputs, reasons = _read(rule, facts)
    if reasons:
        return Decision("manual", reasons, rule.version, inputs)
    passed: list[Reason] = []
    failed: list[tuple[Check, Reason]] = []
    seen: dict[str, Any] | None = None
    for check in rule.checks:
        try:
            seen = _as_cel(inputs) if seen is None else seen
            answer = _yes_or_no(_answer(check.cel, seen))
        except RuleError:
            reason = Reason("rule_error", rule.words.rule_error.zh_hans)
            return Decision("manual", (reason,), rule.version, inputs)
        words = check.passed if answer else check.failed
        reason = Reason(check.code, words.zh_hans)
        if answer:
            passed.append(reason)
        else:
            failed.append((check, reason))
    if not failed:
        return Decision("approve", tuple(passed), rule.version, inputs)
    # One doubt among several failures is enough for a person to look at all of them.
    outcome: Outcome = "refuse" if all(check.otherwise == "refuse" for check, _ in failed) else "manual"
    return Decision(outcome, tuple(reason for _, reason in failed), rule.version, inputs)


def evaluate(cel: str, inputs: Mapping[str, Any]) -> object:
    """What one CEL expression answers; raises RuleError where it does not."""
    return _answer(cel, _as_cel(inputs))


def _as_cel(inputs: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {name: json_to_cel(value) for name, value in inputs.items()}
    except (ValueError, TypeError, KeyError):
        raise RuleError("what the rule is told cannot be said in CEL") from None


def _answer(cel: str, seen: dict[str, Any]) -> object:
    try:
        return compiled(cel).evaluate(seen)
    except (CELEvalError, ValueError, TypeError, KeyError):
        # what CEL says of its errors quotes every fact it was given: that must reach no log
        raise RuleError("the expression does not answer") from None


def ask(cel: str, inputs: Mapping[str, Any]) -> bool:
    """The answer of one CEL expression; anything but true or false raises RuleError."""
    return _yes_or_no(evaluate(cel, inputs))


def _yes_or_no(answer: object) -> bool:
    if not isinstance(answer, BoolType):
        raise RuleError("the rule does not answer true or false")
    return bool(answer)


@lru_cache(maxsize=_COMPILED_RULES_KEPT)
def compiled(cel: str) -> celpy.Runner:
    """The compiled expression; raises RuleError where it is not CEL."""
    try:
        # celpy builds its grammar on first use, for about a quarter of a second: once, not in every thread at once.
        with _COMPILING:
            environment = celpy.Environment()
            return environment.program(environment.compile(cel))
    except CELParseError as error:
        raise RuleError(str(error)) from error


def _read(rule: DecisionRule, facts: Mapping[str, object]) -> tuple[dict[str, Any], tuple[Reason, ...]]:
    """The declared facts in plain form, and what is missing, malformed or too old among them."""
    inputs: dict[str, Any] = {}
    labels: dict[str, list[str]] = {"missing": [], "malformed": [], "stale": []}
    today = _typed(_at(facts, "today"), "date")
    for fact in rule.facts:
        untrusted = _at(facts, fact.path)
        _parents(inputs, fact.path)
        if untrusted is _ABSENT or untrusted is None:
            if not fact.optional:
                labels["missing"].append(fact.label.zh_hans)
            continue
        value = _typed(untrusted, fact.type)
        if value is _ABSENT:
            labels["malformed"].append(fact.label.zh_hans)
            value = _as_found(untrusted)
        elif not _fresh(fact, value, today):
            labels["stale"].append(fact.label.zh_hans)
        _parents(inputs, fact.path)[fact.path.rpartition(".")[2]] = value
    words = {"missing": rule.words.missing, "malformed": rule.words.malformed, "stale": rule.words.stale}
    return inputs, tuple(
        Reason(code, words[code].zh_hans.format(labels="、".join(named))) for code, named in labels.items() if named
    )


def _at(facts: Mapping[str, object], path: str) -> object:
    here: object = facts
    for part in path.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return _ABSENT
        here = here[part]
    return here


def _parents(inputs: dict[str, Any], path: str) -> dict[str, Any]:
    # An optional fact that is absent still has its parents, so that `has(a.b)` answers instead of failing.
    here = inputs
    for part in path.split(".")[:-1]:
        here = here.setdefault(part, {})
    return here


def _typed(untrusted: object, kind: str) -> object:
    """The value in its canonical form, or _ABSENT where it is not of this kind."""
    match kind:
        case "text" if isinstance(untrusted, str) and untrusted:
            return untrusted
        case "bool" if isinstance(untrusted, bool):
            return untrusted
        case "integer" if isinstance(untrusted, int) and abs(untrusted) <= _LARGEST_INTEGER:
            return _ABSENT if isinstance(untrusted, bool) else untrusted
        case "number" if isinstance(untrusted, int | float) and abs(untrusted) <= _LARGEST_INTEGER:
            return _ABSENT if isinstance(untrusted, bool) else float(untrusted)
        case "rows" if isinstance(untrusted, list) and len(untrusted) <= _MOST_ROWS:
            return untrusted if all(_flat(entry) for entry in untrusted) else _ABSENT
        case "month" if isinstance(untrusted, str) and _MONTH.fullmatch(untrusted):
            return untrusted
        case "date" if isinstance(untrusted, str) and (match := _DAY.fullmatch(untrusted)):
            try:
                return date(*map(int, match.groups())).isoformat()
            except ValueError:
                return _ABSENT
        case _:
            return _ABSENT


def _flat(entry: object) -> bool:
    """Whether this is a small record of plain values."""
    if not isinstance(entry, Mapping) or len(entry) > _MOST_COLUMNS:
        return False
    return all(
        isinstance(name, str)
        and (isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= _LONGEST_KEPT))
        for name, value in entry.items()
    )


def _as_found(untrusted: object) -> object:
    """A malformed value for the record: short, and just as malformed when the decision is replayed."""
    if isinstance(untrusted, str):
        return untrusted[:_LONGEST_KEPT]
    return untrusted if isinstance(untrusted, bool | int) else []


def _fresh(fact: Fact, value: object, today: object) -> bool:
    if fact.fresh_days is None or not isinstance(value, str) or not isinstance(today, str):
        return True
    age_days = (date.fromisoformat(today) - date.fromisoformat(value)).days
    return 0 <= age_days <= fact.fresh_days  # data from tomorrow is no data either
