"""An event ticket: reported at a terminal, assigned, acted on, answered in words, with its clock (一网统管)."""

from __future__ import annotations

import pytest

from hub.hub import Hub
from hub.staff import add_staff
from seeds.casework import Casework
from seeds.people import People
from tests.hub.casework.bench import Browse, act, acts_of, answer_of, apply, case_of, decide, with_item
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose item is a report that the town acts on within five working days."""
    made = with_item(hub_over(store, clock), Casework(ticket=True, level="town"), promised_days=5)
    add_staff(made.database, clock, "zhen", "clerk", "440981102000", PASSWORD)
    add_staff(made.database, clock, "zhen-b", "clerk", "440981102000", PASSWORD)
    return made


def test_a_report_is_assigned_acted_on_and_answered(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    reported = apply(terminal, people["lin-yuelan"])
    decide(hub)
    told = answer_of(terminal, reported)
    assert told.state == "in_review", "no rule mends a lamp"
    assert "云潭镇公共服务中心" in told.reasons[0].text
    assert told.due is not None
    assert (told.due.on, told.due.light) == ("2026-11-30", "green")
    clerk, number = browse("zhen"), case_of(hub).number
    act(clerk, number, "hand_over", "zhen-b", "你片区的")
    clerk = browse("zhen-b")
    act(clerk, number, "note", reason="电工已到现场，缺一个灯头")
    assert "缺一个灯头" in answer_of(terminal, reported).reasons[0].text
    page = clerk.get(f"/desk/cases/{number}")
    form = {"outcome": "approve", "reason": "", "csrf": csrf_of(page)}
    assert "请写明" in clerk.post(f"/desk/cases/{number}/decision", data=form).text, "an answer is in words"
    form["reason"] = "灯已换好，今晚会亮。"
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
    told = answer_of(terminal, reported)
    assert told.state == "approved"
    assert told.outcome_text == "您反映的事处理完了，答复见下。"
    assert told.reasons[0].text == "灯已换好，今晚会亮。"
    assert acts_of(hub) == ["file", "rule_manual", "hand_over", "note", "clerk_approve"]
