"""What screens say is what was kept here, laid over the hub's last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from offline.projection import Due, Projection, Stage
from offline.store import AgentStore, AgentView, TerminalStore
from offline.wire.batch import EventResult, EventStatus
from offline.wire.canonical import b64
from offline.wire.changes import AnswerBody, Change
from offline.wire.claims import answer_key, new_code, seal_answer, subject_of
from offline.wire.helper_list import Helper, HelperList, sign_list
from tests.offline.ground import APPLIED, ITEM, NOON, NUMBER, REGION, HubKeys, enrol

KEYS = HubKeys()
TODAY = date(2026, 11, 23)
SUBJECT = subject_of(KEYS.subject, NUMBER)


@dataclass
class Place:
    """One terminal's two writers, and what a screen reads."""

    terminal: TerminalStore
    agent: AgentStore
    seen: Projection
    cursor: int = 0

    def hear(self, kind: str, body: dict[str, object]) -> tuple[str, ...]:
        """The hub says one thing."""
        self.cursor += 1
        return self.agent.accept(self.cursor, [Change(n=self.cursor, kind=kind, body=body)], NOON)

    def answered(self, event_id: str, status: EventStatus, reason: str | None = None) -> None:
        """The hub acknowledges one event."""
        act = self.terminal.act(event_id)
        assert act is not None
        self.agent.acknowledge([(act.seq, EventResult(id=event_id, status=status, reason=reason))], NOON)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    enrol(tmp_path, KEYS)
    place = Place(TerminalStore.open(tmp_path, lambda: NOON), AgentStore.open(tmp_path), Projection.open(tmp_path))
    yield place
    place.seen.close()
    place.terminal.close()
    place.agent.close()


def test_an_act_goes_through_its_three_stages(place: Place) -> None:
    kept = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), subject=SUBJECT)
    assert place.seen.stage(kept.id).stage is Stage.KEPT
    place.answered(kept.id, EventStatus.STORED)
    assert place.seen.stage(kept.id).stage is Stage.SENT
    place.hear("answer", {"event_id": kept.id, "state": "in_review", "case_no": "A1", "subject": SUBJECT})
    assert (place.seen.stage(kept.id).stage, place.seen.stage(kept.id).state) == (Stage.SENT, "in_review")
    place.hear("answer", {"event_id": kept.id, "state": "approved", "case_no": "A1", "subject": SUBJECT})
    assert (place.seen.stage(kept.id).stage, place.seen.stage(kept.id).case_no) == (Stage.SETTLED, "A1")


def test_a_parked_act_says_why(place: Place) -> None:
    kept = place.terminal.keep(APPLIED, {"item": ITEM})
    place.answered(kept.id, EventStatus.PARKED, "cannot_unseal")
    assert place.seen.stage(kept.id).stage is Stage.PARKED
    assert place.seen.stage(kept.id).parked_because == "cannot_unseal"
    assert [parked.id for parked in place.agent.parked()] == [kept.id]
    assert place.agent.head().seq == 2  # enrolled, parked: the agent's own chain remembers both
    assert place.agent.verify() == place.agent.head()


def test_a_claim_code_opens_the_answer_with_the_network_down(place: Place) -> None:
    code = new_code()
    kept = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=code, subject=SUBJECT)
    before = place.seen.find_by_code(code)
    assert before is not None
    assert (before.standing.stage, before.case) == (Stage.KEPT, None)
    act = place.terminal.act(kept.id)
    assert act is not None
    assert act.salt is not None
    content = {"item": ITEM, "state": "approved", "outcome_text": "认证通过", "next_due": "2027-11", "reasons": []}
    sealed = b64(seal_answer(answer_key(code, act.salt), content))
    place.hear("answer", {"event_id": kept.id, "state": "approved", "case_no": "A1", "sealed": sealed})
    found = place.seen.find_by_code(f"{code[:4]}-{code[4:7]}-{code[7:]}")
    assert found is not None
    assert found.case is not None
    assert (found.case.state, found.case.next_due) == ("approved", "2027-11")
    assert place.seen.find_by_code(new_code()) is None


def test_what_is_read_and_how_it_stands_are_of_one_answer_though_a_newer_comes_in_between(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settled above, and below it the code by which to pay what has been paid: that is what two answers would show."""
    code = new_code()
    kept = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=code, subject=SUBJECT)
    act = place.terminal.act(kept.id)
    assert act is not None
    assert act.salt is not None
    key = answer_key(code, act.salt)

    def says(state: str) -> None:
        content = {"item": ITEM, "state": state, "outcome_text": state, "reasons": []}
        place.hear("answer", {"event_id": kept.id, "state": state, "sealed": b64(seal_answer(key, content))})

    says("waiting")
    read = AgentView.answer

    def and_then_another_comes(view: AgentView, event_id: str) -> AnswerBody | None:
        answer = read(view, event_id)
        says("approved")
        return answer

    monkeypatch.setattr(AgentView, "answer", and_then_another_comes)
    found = place.seen.find_by_code(code)
    assert found is not None
    assert found.case is not None
    assert (found.standing.state, found.case.state) == ("waiting", "waiting")


def test_a_card_finds_the_acts_of_its_holder_newest_first(place: Place) -> None:
    first = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), subject=SUBJECT)
    second = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), subject=SUBJECT)
    assert [seen.event_id for seen in place.seen.find_by_subject(NUMBER)] == [second.id, first.id]
    assert place.seen.find_by_subject("440981195403121066") == ()
    assert {seen.slip for seen in place.seen.find_by_subject(NUMBER)} == {None}


def test_what_is_due_disappears_once_it_was_done_here_and_returns_if_refused(place: Place) -> None:
    place.hear("due", {"subject": SUBJECT, "item": ITEM, "month": "2026-12"})
    assert place.seen.dues_for(NUMBER, TODAY) == (Due(ITEM, "2026-12"),)
    kept = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), subject=SUBJECT)
    assert place.seen.dues_for(NUMBER, TODAY) == ()
    place.hear("answer", {"event_id": kept.id, "state": "refused", "subject": SUBJECT})
    assert place.seen.dues_for(NUMBER, TODAY) == (Due(ITEM, "2026-12"),)
    place.hear("due", {"subject": SUBJECT, "item": ITEM, "month": "2027-11"})
    assert place.seen.dues_for(NUMBER, TODAY) == ()  # a year away is nobody's worry today
    assert place.seen.dues_for(NUMBER, date(2027, 9, 1)) == (Due(ITEM, "2027-11"),)
    place.hear("due", {"subject": SUBJECT, "item": ITEM, "month": None})
    assert place.seen.dues_for(NUMBER, date(2027, 9, 1)) == ()


def test_a_helper_is_who_stands_on_the_signed_list_of_this_village(place: Place) -> None:
    def signed(version: int, *numbers: str, region: str = REGION, key: bytes = KEYS.signing) -> dict[str, object]:
        helpers = tuple(Helper(subject=subject_of(KEYS.subject, number), name="吴*芳") for number in numbers)
        return sign_list(key, HelperList(region=region, version=version, helpers=helpers))

    assert not place.seen.is_helper(NUMBER)
    assert place.hear("helpers", signed(2, NUMBER)) == ()
    assert place.seen.is_helper(NUMBER)
    place.hear("helpers", signed(1))  # an older list, replayed
    place.hear("helpers", signed(3, region="440981102998"))  # another village's
    assert place.seen.is_helper(NUMBER)
    (refused,) = place.hear("helpers", signed(4, key=HubKeys().signing))
    assert "签" in refused
    assert place.seen.is_helper(NUMBER)
    place.hear("helpers", signed(4))
    assert place.seen.helpers() == ()


def test_an_older_answer_never_covers_a_newer_one_and_unknown_kinds_are_passed_over(place: Place) -> None:
    kept = place.terminal.keep(APPLIED, {"item": ITEM})
    late = Change(n=9, kind="answer", body={"event_id": kept.id, "state": "approved"})
    early = Change(n=8, kind="answer", body={"event_id": kept.id, "state": "received"})
    odd = Change(n=10, kind="weather", body={})
    bad = Change(n=11, kind="due", body={"subject": "not a hash", "item": ITEM})
    refused = place.agent.accept(11, [late, early, odd, bad], NOON)
    assert place.seen.stage(kept.id).state == "approved"
    assert len(refused) == 2
    assert place.agent.cursor() == 11


def test_what_waits_for_the_resident_is_due_again(place: Place) -> None:
    place.hear("due", {"subject": SUBJECT, "item": ITEM, "month": "2026-11"})
    kept = place.terminal.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), subject=SUBJECT)
    assert place.seen.dues_for(NUMBER, TODAY) == ()
    for state, dues in (("in_review", ()), ("waiting", (Due(ITEM, "2026-11"),))):
        place.hear("answer", {"event_id": kept.id, "state": state, "case_no": "A1", "subject": SUBJECT})
        assert place.seen.dues_for(NUMBER, TODAY) == dues, state
