"""Every item's rule says what its golden cases say, and says why."""

from __future__ import annotations

import pytest

from seeds.catalogue import Catalogue
from seeds.catalogue.examination import facts_of
from seeds.decision import decide
from seeds.decision_rule import GoldenCase
from seeds.item import Item

CASES = [
    pytest.param(item, case, id=f"{item.id}-{n}")
    for item in Catalogue.load().items
    for n, case in enumerate(item.golden.cases if item.golden else ())
]


def test_there_are_golden_cases() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize(("item", "case"), CASES)
def test_the_rule_answers_its_golden_case(item: Item, case: GoldenCase) -> None:
    decision = decide(item, facts_of(item, case))
    assert decision.outcome == case.outcome, case.name
    if case.reasons:
        assert tuple(reason.code for reason in decision.reasons) == case.reasons, case.name
    assert decision.reasons
    assert all(reason.text for reason in decision.reasons)
    assert decision.rule_version == item.decision.version


@pytest.mark.parametrize(("item", "case"), CASES)
def test_a_decision_can_be_replayed_from_its_inputs(item: Item, case: GoldenCase) -> None:
    decision = decide(item, facts_of(item, case))
    assert decide(item, decision.inputs) == decision
