"""Row 73: a source is read for a purpose and a case, only as far as both go, and every read is written down."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from hub.dues import refresh_dues
from hub.gateway.changes import make_changes
from hub.gateway.port import Answer, ChangeOrder, Question, VillageQuestion
from hub.gateway.reading import Gateway, Purpose
from hub.gateway.sandbox import Manner, SandboxSources
from hub.gateway.tables import DataAnswer, DataContradiction
from hub.gateway.villages import Villages
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.moments import local_day
from hub.tables import Case
from offline.wire.claims import subject_of
from seeds.people import People
from tests.hub.casework.bench import Browse, acts_of, answer_of, apply, case_of, decide
from tests.hub.gateway.hands import behave, reads, words
from tests.hub.pictured import csrf_of
from tests.hub.running import VILLAGE, FakeTerminal, HandClock
from tests.hub.stores import both_stores

RULE = Purpose("pension-qualification", "test-1", "rule", "1", VILLAGE)


@both_stores
def test_a_decision_reads_exactly_what_its_rule_declares_and_who_read_it_is_written_down(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    lin = people["lin-yuelan"]
    apply(terminal, lin)
    decide(hub)
    case = case_of(hub)
    assert case.state == "approved"
    rows = reads(hub, case_id=case.id, subject=subject_of(hub.keys.subject_index, lin.id_number))
    declared = {fact.path.partition(".")[2] for fact in hub.catalogue.item(case.item).decision.facts}
    fields = {hub.sources.at(path) for path in declared} - {None}
    assert {(row.source, name) for row in rows for name in row.fields} == {
        (found[0].id, found[1].name) for found in fields if found is not None
    }
    for row in rows:
        assert (row.reader, row.purpose, row.reference, row.word) == ("rule", case.item, case.number, "read")
        assert row.as_of == "2026-11-23"
        assert lin.id_number not in str(vars(row))
    (witness,) = (row for row in reads(hub, case_id=case.id) if row.id not in {one.id for one in rows})
    assert (witness.source, witness.fields, witness.word) == ("civil-affairs", ["helper_of"], "read")
    assert witness.subject == subject_of(hub.keys.subject_index, people["wu-guifang"].id_number)


@both_stores
def test_an_answer_is_kept_sealed_while_its_case_is_open_and_goes_with_it(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    apply(terminal, people["huang-axing"])
    decide(hub)
    case = case_of(hub)
    assert case.state == "in_review"
    gateway = Gateway(hub, SandboxSources(hub))
    purpose = Purpose(case.item, case.number, "clerk", "jia", VILLAGE, case.id)
    again = gateway.read(purpose, people["huang-axing"].id_number, ["alive"])
    assert again.values == {"alive": True}
    assert words(reads(hub, reader="clerk")) == {"population": "cached"}
    with hub.database.reading() as session:
        kept = session.scalars(select(DataAnswer)).all()
        assert kept
        assert not any(people["huang-axing"].name.encode() in row.sealed for row in kept)
    clerk = browse("jia")
    page = f"/desk/cases/{case.number}"
    form = {"outcome": "approve", "reason": "核对过了", "csrf": csrf_of(clerk.get(page))}
    assert clerk.post(f"{page}/decision", data=form).is_success
    assert case_of(hub).state == "approved"
    assert gateway.read(purpose, people["huang-axing"].id_number, ["alive"]).values, "answered when it was settled"
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DataAnswer)) == 0


@pytest.mark.parametrize("manner", ["silent", "late"])
def test_a_source_that_does_not_answer_lets_the_case_wait_and_say_so_and_end_right_when_it_is_back(
    hub: Hub,
    terminal: FakeTerminal,
    people: People,
    clock: HandClock,
    browse: Browse,
    asker: SourceWorker,
    manner: str,
) -> None:
    operator = browse("op")
    behave(operator, "pension", manner)
    applied = apply(terminal, people["lin-yuelan"])
    decide(hub)
    told = answer_of(terminal, applied)
    assert (told.state, told.outcome_text) == ("waiting", "已收下，在等别的部门的资料，不用您做什么。")
    assert "养老待遇库暂时没有答复" in told.reasons[0].text
    assert told.due is not None
    assert told.due.light == "green", "the office's clock goes on"
    assert asker.turn() is False, "not due yet"
    if manner == "silent":
        clock.turn(hub.settings.source_retry_s + 1)
        assert asker.turn()
        assert case_of(hub).state == "waiting"
        behave(operator, "pension", "well")
    clock.turn(hub.settings.sandbox_source_late_s + 1)
    assert asker.turn()
    decide(hub)
    assert answer_of(terminal, applied).state == "approved"
    assert acts_of(hub) == ["file", "await_source", "source_back", "rule_approve"]
    assert reads(hub, source="pension")[-1].word == "cached"
    assert {row.word for row in reads(hub, source="pension")} >= {manner, "read", "cached"}


def test_a_source_silent_for_too_long_hands_the_case_to_a_person(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, asker: SourceWorker
) -> None:
    behave(browse("op"), "pension", "silent")
    applied = apply(terminal, people["lin-yuelan"])
    decide(hub)
    clock.turn(hub.settings.source_wait_hours * 3600 + 1)
    assert asker.turn()
    decide(hub)
    told = answer_of(terminal, applied)
    assert told.state == "in_review"
    assert "养老待遇库一直没有答复，由工作人员核对" in [reason.text for reason in told.reasons]


def test_a_source_that_answers_about_somebody_else_is_not_believed(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    behave(browse("op"), "pension", "wrong")
    applied = apply(terminal, people["lin-yuelan"])
    decide(hub)
    told = answer_of(terminal, applied)
    assert told.state == "in_review"
    assert any("答的不是这个人的资料" in reason.text for reason in told.reasons)
    with hub.database.reading() as session:
        (found,) = session.scalars(select(DataContradiction))
    assert (found.kind, found.sources) == ("wrong-person", ["pension"])


def test_an_answer_said_twice_counts_once_and_an_old_one_goes_to_a_person(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    operator = browse("op")
    behave(operator, "pension", "twice")
    twice = apply(terminal, people["lin-yuelan"])
    decide(hub)
    assert answer_of(terminal, twice).state == "approved"
    assert len(reads(hub, source="pension", reader="rule")) == 1
    behave(operator, "pension", "old")
    old = apply(terminal, people["chen-deshui"])
    decide(hub)
    told = answer_of(terminal, old)
    assert told.state == "in_review"
    assert any(reason.code == "stale" for reason in told.reasons)


def test_two_sources_that_contradict_each_other_send_the_case_to_a_person_and_are_found_once(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    for _ in range(2):
        applied = apply(terminal, people["huang-axing"])
        decide(hub)
    assert answer_of(terminal, applied).state == "in_review"
    with hub.database.reading() as session:
        (found,) = session.scalars(select(DataContradiction))
    assert (found.kind, found.sources) == ("dead-but-alive", ["population"])


def test_a_kept_answer_is_used_for_a_day_and_then_forgotten_though_its_case_is_open(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, asker: SourceWorker
) -> None:
    apply(terminal, people["huang-axing"])
    decide(hub)
    clock.turn(hub.settings.source_kept_s + 1)
    asker.turn()
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DataAnswer)) == 0
    assert reads(hub, reader="rule"), "the log stays"
    clock.turn(hub.settings.source_log_days * 86_400)
    asker.turn()
    assert reads(hub) == []


class Chatty:
    """A source that says more than it is asked, or two things at once."""

    def __init__(self, *also: Answer) -> None:
        self._also = also

    def ask(self, question: Question) -> tuple[Answer, ...]:
        said = dict.fromkeys(question.fields, True) | {"phone": "13800000000"}
        return (Answer(question.id_number, True, said, local_day(HandClock()())), *self._also)

    def village(self, question: VillageQuestion) -> tuple[Answer, ...]:
        raise AssertionError(question.key)

    def change(self, order: ChangeOrder) -> None:
        raise AssertionError(order.key)


def test_what_was_not_asked_for_is_dropped_and_two_different_answers_are_none(hub: Hub, people: People) -> None:
    number = people["lin-yuelan"].id_number
    read = Gateway(hub, Chatty()).read(RULE, number, ["alive", "no.such.place"])
    assert dict(read.values) == {"alive": True}
    other = Answer(number, True, {"alive": False}, local_day(HandClock()()))
    assert Gateway(hub, Chatty(other)).read(RULE, number, ["alive"]).facts() is None
    assert [row.word for row in reads(hub, reference="test-1")] == ["read", "wrong"]


def test_what_is_read_of_a_whole_village_is_written_down_once_a_day(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    with hub.database.reading() as session:
        assert session.scalars(select(Case.state)).one() == "approved"
    make_changes(hub, SandboxSources(hub))
    (population, pension) = reads(hub, subject="", purpose="dues")
    assert (population.purpose, population.region, population.reader) == ("dues", VILLAGE, "office")
    assert (pension.source, pension.fields) == ("pension", ["scheme", "last_qualified"])


def test_a_source_that_is_not_there_takes_no_due_back_and_keeps_nobody_from_being_admitted(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock
) -> None:
    sources = SandboxSources(hub)
    villages, due = Villages(hub, sources), len(terminal.changes()["due"])
    assert due
    spoilt: tuple[tuple[str, Manner], ...] = (("pension", "silent"), ("population", "late"), ("pension", "wrong"))
    for source, manner in spoilt:
        sources.behave(source, manner)
        clock.turn(86_400)
        refresh_dues(hub, villages)
        assert len(terminal.changes()["due"]) == due, f"{source} {manner}"
        sources.behave(source, "well")
    for source in ("pension", "civil-affairs"):
        sources.behave(source, "silent")
    late = FakeTerminal.enrolled(hub, url, clock)
    assert late.changes() == {}, "admitted all the same"
    for source in ("pension", "civil-affairs"):
        sources.behave(source, "twice")
    clock.turn(86_400)
    refresh_dues(hub, villages)
    assert len(late.changes()["due"]) == due
    assert len(late.changes()["helpers"]) == 1
    sources.behave("pension", "well")
    refresh_dues(hub, villages)
    assert len(late.changes()["due"]) == due, "what was told is not told again"
