"""Whatever the facts hold, nobody is refused for want of data and the engine never falls over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.catalogue import Catalogue
from seeds.decision import RuleError, ask, compiled, decide
from seeds.item import Item

ITEM = Catalogue.load().item("pension-qualification")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _base() -> dict[str, Any]:
    assert ITEM.golden is not None
    return dict(ITEM.golden.base)


def _with_check(**changes: object) -> Item:
    check = ITEM.decision.checks[0].model_copy(update=changes)
    rule = ITEM.decision.model_copy(update={"checks": (check, *ITEM.decision.checks[1:])})
    return ITEM.model_copy(update={"decision": rule})


@given(st.sampled_from([fact.path for fact in ITEM.decision.facts]), json_values)
def test_any_value_in_any_place_is_decided_without_an_error(path: str, value: object) -> None:
    facts = _replaced(_base(), path.split("."), value)
    decision = decide(ITEM, facts)
    assert decision.outcome in ("approve", "manual")
    assert decision.reasons
    assert decide(ITEM, decision.inputs) == decision
    json.dumps(decision.inputs, allow_nan=False)


@given(json_values, json_values)
def test_nonsense_goes_to_a_person(application: object, person: object) -> None:
    decision = decide(ITEM, {"application": application, "person": person, "today": "2026-11-23"})
    assert decision.outcome == "manual"


@pytest.mark.parametrize("cel", ["person.nothing == 1", "1 + 1", "person.alive && 'x'", "1 / 0 == 1"])
def test_a_rule_that_fails_goes_to_a_person(cel: str) -> None:
    decision = decide(_with_check(cel=cel), _base())
    assert decision.outcome == "manual"
    assert [reason.code for reason in decision.reasons] == ["rule_error"]
    assert "不是您的原因" in decision.reasons[0].text


def test_a_rule_that_is_no_cel_goes_to_a_person() -> None:
    assert decide(_with_check(cel="((("), _base()).outcome == "manual"
    with pytest.raises(RuleError):
        compiled("(((")


def test_a_purely_factual_check_may_refuse_but_not_beside_a_doubt() -> None:
    refusing = _with_check(cel="false", otherwise="refuse")
    assert decide(refusing, _base()).outcome == "refuse"
    doubtful = _replaced(_base(), ["person", "alive"], False)
    assert decide(refusing, doubtful).outcome == "manual"


def test_a_rule_sees_only_the_facts_it_declares() -> None:
    facts = _replaced(_base(), ["person", "secret"], "x")
    decision = decide(ITEM, facts)
    assert "secret" not in str(decision.inputs)
    with pytest.raises(RuleError):
        ask("person.secret == 'x'", decision.inputs)


@pytest.mark.parametrize("path", [fact.path for fact in ITEM.decision.facts])
@pytest.mark.parametrize(
    "value", ["", "x" * 300, "2026-13-01", 7, 2.5, float("nan"), 10**400, [], {"a": 1}, True, None]
)
def test_each_fact_may_be_anything(path: str, value: object) -> None:
    decision = decide(ITEM, _replaced(_base(), path.split("."), value))
    assert decision.outcome == "manual" or value in (None, True)
    assert decide(ITEM, decision.inputs) == decision
    json.dumps(decision.inputs, allow_nan=False)


def test_missing_facts_are_named_in_the_residents_words() -> None:
    decision = decide(ITEM, {**_base(), "person": None})
    assert len(decision.reasons) == 1
    assert "是否健在" in decision.reasons[0].text
    assert "不用再跑" in decision.reasons[0].text


def _replaced(facts: dict[str, Any], path: list[str], value: object) -> dict[str, Any]:
    head, *rest = path
    below = facts.get(head)
    return {**facts, head: _replaced(below if isinstance(below, dict) else {}, rest, value) if rest else value}


def test_many_threads_may_decide_at_once() -> None:
    compiled.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        decisions = list(pool.map(lambda _: decide(ITEM, _base()), range(32)))
    assert {decision.outcome for decision in decisions} == {"approve"}
