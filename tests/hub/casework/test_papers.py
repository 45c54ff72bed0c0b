"""容缺 over real HTTP: promised papers hold the case, come or do not come, and nothing ends silently."""

from __future__ import annotations

from datetime import date

import pytest

from hub.casework.reminders import sweep_needs
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.ingest import ingest
from hub.staff import add_staff
from hub.tables import InboxEvent
from seeds.casework import Casework, LatePapers
from seeds.people import People
from tests.hub.casework.bench import (
    BY_TYPING,
    DAY_S,
    Browse,
    act,
    acts_of,
    answer_of,
    apply,
    case_of,
    decide,
    paper,
    with_item,
)
from tests.hub.pictured import PASSWORD
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store

SUPPLEMENTED = "cn.zhizhu.case.supplemented.v1"
PROMISED = [{"id": "income", "from": "later"}, {"id": "card", "from": "scan"}]


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose item lets one paper come ten days later, reminds three days before, and then refuses."""
    late = Casework(late_papers=LatePapers(remind_days=3, at_end="refuse"))
    papers = (paper("income", "收入证明", 10), paper("card", "身份证"))
    made = with_item(hub_over(store, clock), late, *papers, promised_days=10)
    add_staff(made.database, clock, "cun", "clerk", VILLAGE, PASSWORD)
    return made


def bring(terminal: FakeTerminal, case: dict[str, object], *documents: dict[str, str]) -> str:
    """Brings papers to a case; the hub's word on the event comes back."""
    event = terminal.event({"case": case, "documents": list(documents)}, SUPPLEMENTED)
    result = terminal.send(event).results[0]
    return result.reason or result.status.value


def test_a_promised_paper_holds_the_case_and_the_resident_is_told_until_when(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    applied = apply(terminal, people["lin-yuelan"], documents=PROMISED)
    decide(hub)
    waiting = case_of(hub)
    assert (waiting.state, waiting.waits_for, waiting.light) == ("waiting", "papers", "stopped")
    told = answer_of(terminal, applied)
    assert [(one.document, one.title, one.due) for one in told.needs] == [("income", "收入证明", "2026-12-03")]
    assert "收入证明" in told.reasons[0].text
    assert "12月3日" in told.reasons[0].text


def test_what_is_brought_to_any_terminal_lets_the_rule_decide(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    applied = apply(terminal, people["lin-yuelan"], documents=PROMISED)
    decide(hub)
    elsewhere = FakeTerminal.enrolled(hub, url, clock, VILLAGE)
    claim = applied["claim"]
    assert isinstance(claim, dict)
    named = {"code": claim["code"]}
    assert bring(elsewhere, named, {"id": "card", "from": "scan"}) == "stored", "nobody waits for that one"
    decide(hub)
    assert case_of(hub).state == "waiting"
    assert bring(elsewhere, named, {"id": "income", "from": "certificate"}) == "stored"
    decide(hub)
    assert case_of(hub).state == "approved"
    assert acts_of(hub) == ["file", "await_papers", "bring_paper", "papers_complete", "rule_approve"]
    assert answer_of(terminal, applied).needs == ()
    assert bring(elsewhere, named, {"id": "income", "from": "certificate"}) == "stored"
    decide(hub)
    assert len(acts_of(hub)) == 5, "brought again, nothing happens again"


def test_a_supplement_in_the_same_batch_as_its_application_waits_for_the_rules_first_word(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    filed = terminal.event(terminal.application(people["lin-yuelan"], documents=PROMISED))
    brought = terminal.event(
        {"case": {"event_id": filed.id}, "documents": [{"id": "income", "from": "scan"}]}, SUPPLEMENTED
    )
    assert [one.status.value for one in terminal.send(filed, brought).results] == ["stored", "stored"]
    assert DecisionWorker(hub).run_once() == 2
    decide(hub)
    assert case_of(hub).state == "approved"


def test_a_word_on_a_case_that_is_not_here_is_laid_aside_and_taken_up_later(hub: Hub, terminal: FakeTerminal) -> None:
    assert bring(terminal, {"event_id": "no-such"}, {"id": "income", "from": "scan"}) == "case_unknown"
    assert bring(terminal, {}, {"id": "income", "from": "scan"}).startswith("payload_invalid")
    with hub.database.reading() as session:
        assert {one.status for one in session.query(InboxEvent)} == {"parked"}
    assert ingest(hub, terminal.id, []).results == ()


def test_a_reminder_is_said_once_and_at_the_end_the_case_fails_with_its_reason(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    applied = apply(terminal, people["lin-yuelan"], documents=PROMISED)
    decide(hub)
    assert sweep_needs(hub) == 0
    clock.turn(7 * DAY_S)
    assert sweep_needs(hub) == 1
    assert sweep_needs(hub) == 0
    assert "提醒您" in answer_of(terminal, applied).reasons[0].text
    clock.turn(3 * DAY_S)
    assert sweep_needs(hub) == 0, "the last day is still a day"
    clock.turn(DAY_S)
    assert sweep_needs(hub) == 1
    told = answer_of(terminal, applied)
    assert told.state == "refused"
    assert "收入证明到12月3日没有补来" in told.reasons[0].text
    assert acts_of(hub)[-2:] == ["remind", "lapse"]


def test_a_clerk_asks_for_papers_takes_one_at_the_counter_and_goes_on(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    applied = apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    clerk, number = browse("cun"), case_of(hub).number
    assert "最多五样" in act(clerk, number, "ask_papers", "、").text
    assert act(clerk, number, "ask_papers", "户口簿、收入证明", "号码对不上").is_success
    told = answer_of(terminal, applied)
    assert [one.title for one in told.needs] == ["户口簿", "收入证明"]
    assert told.state == "waiting"
    assert case_of(hub).due_on is None
    clerk = browse("cun")
    act(clerk, number, "bring_paper", told.needs[0].document)
    assert "还差：收入证明" in answer_of(terminal, applied).reasons[0].text
    assert (
        bring(terminal, {"event_id": applied["event_id"]}, {"id": told.needs[1].document, "from": "scan"}) == "stored"
    )
    decide(hub)
    assert case_of(hub).state == "in_review", "a clerk had it before: a clerk goes on"
    assert case_of(hub).due_on == date(2026, 12, 7)
    page = browse("cun").get(f"/desk/cases/{number}").text
    assert "窗口收到" in page
    assert "扫描件" in page


def test_who_applied_may_withdraw_until_it_is_settled(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    applied = apply(terminal, people["lin-yuelan"], documents=PROMISED)
    decide(hub)
    event = terminal.event({"case": {"event_id": applied["event_id"]}}, "cn.zhizhu.case.withdrawn.v1")
    assert terminal.send(event).results[0].status.value == "stored"
    decide(hub)
    assert answer_of(terminal, applied).state == "withdrawn"
    assert sweep_needs(hub) == 0


def test_what_waits_for_papers_goes_on_when_the_same_is_applied_for_on_behalf_of_another(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    def for_(slug: str) -> dict[str, object]:
        person = people[slug]
        whose = {"for": "family", "subject": {"name": person.name, "id_number": person.id_number}}
        applied = apply(terminal, people["lin-jianguo"], documents=PROMISED, acting=whose)
        decide(hub)
        return applied

    mothers, fathers = for_("lin-yuelan"), for_("chen-deshui")
    assert [answer_of(terminal, one).state for one in (mothers, fathers)] == ["waiting", "waiting"]
    again = for_("lin-yuelan")
    states = [answer_of(terminal, one).state for one in (mothers, fathers, again)]
    assert states == ["withdrawn", "waiting", "waiting"]
