"""A case is decided once, explained, and its answer reaches the terminal sealed under the claim code."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import func, select

from hub.decisions import DecisionWorker
from hub.explanation import case_row, explain
from hub.gateway.changes import make_changes
from hub.gateway.reading import Gateway, Purpose, Reading
from hub.gateway.sandbox import SandboxSources
from hub.hub import Hub
from hub.tables import BasePerson, Case, DecisionRecord, Terminal
from offline.wire.canonical import unb64
from offline.wire.claims import answer_key, new_code, open_answer, subject_of
from offline.wire.helper_list import check_list
from seeds.people import People
from tests.conftest import LogWatch
from tests.hub.running import LINE, FakeTerminal, HandClock, hub_over, serving
from tests.hub.stores import Store, both_stores

pytestmark = both_stores


def _apply(terminal: FakeTerminal, people: People, slug: str, code: str | None = None) -> dict[str, object]:
    payload = terminal.application(people[slug], code)
    assert terminal.send(terminal.event(payload)).results[0].status.value == "stored"
    return payload


def test_an_approval_is_answered_under_the_claims_key(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    code = new_code()
    payload = _apply(terminal, people, "lin-yuelan", code)
    assert DecisionWorker(hub).run_once() == 1
    (answer,) = terminal.changes()["answer"]
    assert answer["state"] == "approved"
    assert answer["subject"] == subject_of(unb64(terminal.enrolment.subject_key, 32), people["lin-yuelan"].id_number)
    claim = payload["claim"]
    assert isinstance(claim, dict)
    opened = open_answer(answer_key(code, unb64(claim["answer_salt"], 16)), unb64(answer["sealed"], 16_384))
    assert (opened["next_due"], opened["masked_name"], opened["case_no"]) == ("2027-11", "林*兰", answer["case_no"])


def test_the_due_is_told_at_enrolment_and_taken_back_by_the_approval(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    lin = subject_of(unb64(terminal.enrolment.subject_key, 32), people["lin-yuelan"].id_number)
    before = [body for body in terminal.changes()["due"] if body["subject"] == lin]
    assert [body["month"] for body in before] == ["2026-11"]
    _apply(terminal, people, "lin-yuelan")
    DecisionWorker(hub).run_once()
    make_changes(hub, SandboxSources(hub))
    after = [body for body in terminal.changes()["due"] if body["subject"] == lin]
    assert [body["month"] for body in after] == ["2026-11", None]


def test_whoever_qualified_in_another_village_is_not_reminded_at_home_and_nobody_else_is_told_anything(
    hub: Hub, terminal: FakeTerminal, people: People, url: str, clock: HandClock
) -> None:
    away = FakeTerminal.enrolled(hub, url, clock, "440981102998")
    lin = subject_of(unb64(terminal.enrolment.subject_key, 32), people["lin-yuelan"].id_number)
    told = len(terminal.changes()["due"])
    face = {"level": "card_face", "way": "face"}
    payload = away.application(people["lin-yuelan"], terminal_region="440981102998", identity=face)
    assert away.send(away.event(payload)).results[0].status.value == "stored"
    DecisionWorker(hub).run_once()
    make_changes(hub, SandboxSources(hub))
    assert [(body["subject"], body["month"]) for body in terminal.changes()["due"][told:]] == [(lin, None)]


def test_the_helpers_list_is_signed_by_the_hub(terminal: FakeTerminal, people: People) -> None:
    (body,) = terminal.changes()["helpers"]
    listed = check_list(unb64(terminal.enrolment.hub_signing_public, 32), body)
    wu = subject_of(unb64(terminal.enrolment.subject_key, 32), people["wu-guifang"].id_number)
    assert wu in {helper.subject for helper in listed.helpers}


def test_a_case_that_waits_for_a_person_is_nowhere_said_to_be_settled(
    hub: Hub, terminal: FakeTerminal, people: People, url: str
) -> None:
    code = new_code()
    payload = _apply(terminal, people, "duke-john", code)
    DecisionWorker(hub).run_once()
    (answer,) = terminal.changes()["answer"]
    claim = payload["claim"]
    assert isinstance(claim, dict)
    opened = open_answer(answer_key(code, unb64(claim["answer_salt"], 16)), unb64(answer["sealed"], 16_384))
    assert (opened["state"], opened["decided_at"]) == ("in_review", None)
    page = LINE.get(f"{url}/verify/{code}").text
    assert "需要工作人员再核对" in page
    assert "办结时间" not in page
    with hub.database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert case_row(hub, case, session.get_one(Terminal, terminal.id)).decided == ""


def _witnessed_by(number: object) -> dict[str, object]:
    return {"level": "card_witnessed", "way": "witness", "witness": {"name": "某人", "id_number": number}}


@pytest.mark.parametrize(
    ("identity", "state"),
    [
        (_witnessed_by("440999197806209044"), "approved"),
        (_witnessed_by("440999195403129016"), "in_review"),
        (_witnessed_by(17), "in_review"),
        ({"level": "card_face", "way": "face", "score": 0.7}, "approved"),
    ],
    ids=("a listed helper", "somebody else", "no number", "a face"),
)
def test_only_a_listed_helper_of_the_village_may_witness(
    hub: Hub, terminal: FakeTerminal, people: People, identity: dict[str, object], state: str
) -> None:
    payload = terminal.application(people["lin-yuelan"], identity=identity)
    assert terminal.send(terminal.event(payload)).results[0].status.value == "stored"
    DecisionWorker(hub).run_once()
    (answer,) = terminal.changes()["answer"]
    assert answer["state"] == state


def test_a_helper_of_another_village_may_not_witness(hub: Hub, clock: HandClock, people: People) -> None:
    with serving(hub, decide=False) as url:
        elsewhere = FakeTerminal.enrolled(hub, url, clock, region="440981102998")
        payload = elsewhere.application(people["lin-yuelan"])
        assert elsewhere.send(elsewhere.event(payload)).results[0].status.value == "stored"
        DecisionWorker(hub).run_once()
        (answer,) = elsewhere.changes()["answer"]
    assert answer["state"] == "in_review"
    with hub.database.reading() as session:
        (case,) = session.scalars(select(Case))
        assert [reason["code"] for reason in case.reasons] == ["witness_listed"]


def test_each_decision_is_explained_in_chinese_with_every_input(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    _apply(terminal, people, "lin-yuelan")
    DecisionWorker(hub).run_once()
    with hub.database.reading() as session:
        told = explain(session, hub, session.scalars(select(Case)).one())
    assert told.decided
    assert told.sandbox
    assert told.rule_version == hub.catalogue.item("pension-qualification").decision.version
    assert told.reasons
    labels = {fact.label.zh_hans for fact in hub.catalogue.item("pension-qualification").decision.facts}
    assert labels == {one.name for one in told.inputs}
    assert people["lin-yuelan"].id_number not in repr(told)


def test_somebody_the_base_library_does_not_know_goes_to_a_person(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    stranger = people["lin-yuelan"].model_copy(update={"id_number": "440999195403129999"})
    assert terminal.send(terminal.event(terminal.application(stranger))).results[0].status.value == "stored"
    DecisionWorker(hub).run_once()
    (answer,) = terminal.changes()["answer"]
    assert answer["state"] == "in_review"


def test_a_case_claimed_by_a_worker_that_died_is_decided_once_after_restart(
    store: Store, clock: HandClock, people: People
) -> None:
    hub = hub_over(store, clock)
    with serving(hub, decide=False) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        _apply(terminal, people, "lin-yuelan")
        dead = DecisionWorker(hub, "dead")
        (case_id,) = dead.claim()
        assert DecisionWorker(hub).run_once() == 0, "the lease still holds"
    again = hub_over(store, clock)
    clock.turn(again.settings.lease_s + 1)
    with serving(again, decide=False) as terminal.url:
        assert DecisionWorker(again).run_once() == 1
        assert DecisionWorker(again, "dead").decide(case_id) is False, "who comes back late changes nothing"
        assert len(terminal.changes()["answer"]) == 1
        with again.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(DecisionRecord)) == 1


class _Broken(Gateway):
    """A way to the sources that has a fault of its own."""

    def read(self, purpose: Purpose, id_number: str, paths: Iterable[str]) -> Reading:
        """Never comes to anything."""
        raise RuntimeError("a fault of the program")


def test_a_case_that_keeps_failing_goes_to_a_person(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People, logs: LogWatch
) -> None:
    logs.expect("could not be decided")
    _apply(terminal, people, "lin-yuelan")
    failing = DecisionWorker(hub, gateway=_Broken(hub, SandboxSources(hub)))
    for _ in range(hub.settings.decision_attempts):
        assert failing.run_once() == 0
        clock.turn(hub.settings.lease_s + 1)
    assert failing.run_once() == 1
    (answer,) = terminal.changes()["answer"]
    assert answer["state"] == "in_review"


def test_a_case_that_slow_workers_claimed_and_never_came_to_is_decided_by_its_rule(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    _apply(terminal, people, "lin-yuelan")
    for _ in range(2 * hub.settings.decision_attempts):
        slow = DecisionWorker(hub)
        (case_id,) = slow.claim()
        clock.turn(hub.settings.lease_s + 1)
        assert DecisionWorker(hub).claim() == [case_id]
        assert slow.decide(case_id) is False, "what another has taken over is not even looked at"
        clock.turn(hub.settings.lease_s + 1)
    assert DecisionWorker(hub).run_once() == 1
    (answer,) = terminal.changes()["answer"]
    assert answer["state"] == "approved"


def test_a_served_hub_decides_by_itself(store: Store, clock: HandClock, people: People) -> None:
    hub = hub_over(store, clock)
    with serving(hub) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        code = new_code()
        _apply(terminal, people, "lin-yuelan", code)
    # Stopping finishes what was begun; a restarted hub decides what was left.
    DecisionWorker(again := hub_over(store, clock)).run_once()
    with again.database.reading() as session:
        assert session.scalars(select(Case.state)).all() == ["approved"]
    again.database.close()


def test_a_case_whose_item_is_gone_does_not_stop_the_others(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People, logs: LogWatch
) -> None:
    logs.expect("could not be decided")
    _apply(terminal, people, "lin-yuelan")
    _apply(terminal, people, "he-guoming")
    with hub.database.writing() as session:
        session.get_one(Case, 1).item = "gone"
    assert DecisionWorker(hub).run_once() == 1
    for _ in range(hub.settings.decision_attempts):
        clock.turn(hub.settings.lease_s + 1)
        DecisionWorker(hub).run_once()
    with hub.database.reading() as session:
        assert session.scalars(select(Case.state).order_by(Case.id)).all() == ["in_review", "approved"]


def test_an_application_that_was_long_on_its_way_takes_nothing_from_a_later_one(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    away = FakeTerminal.enrolled(hub, url, clock)
    lin = people["lin-yuelan"]
    late = away.event(away.application(lin))
    clock.turn(62 * 24 * 3600)
    terminal.send(terminal.event(terminal.application(lin)))
    DecisionWorker(hub).run_once()
    away.send(late)
    DecisionWorker(hub).run_once()
    assert make_changes(hub, SandboxSources(hub)) == 2
    with hub.database.reading() as session:
        assert set(session.scalars(select(Case.state))) == {"approved"}
        assert session.get_one(BasePerson, lin.id_number).facts["pension"]["last_qualified"] == "2027-01"
