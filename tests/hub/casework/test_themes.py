"""一件事 over real HTTP: one submission, split for three departments, joined again on terminal, phone and desk."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.casework.calls import WITHDRAWN
from hub.casework.joining import joined
from hub.casework.reminders import sweep_needs
from hub.clocks.keeping import sweep_clocks
from hub.hub import Hub
from hub.notices.tables import Notice
from hub.staff import add_staff
from hub.tables import Case
from offline.wire.changes import CaseState
from seeds.people import People
from tests.hub.casework.bench import DAY_S, Browse, act, answer_of, case_of, decide
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import LINE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store, both_stores

NEWBORN = "cn.zhizhu.newborn.applied.v1"
FORM = {"birth_certificate_no": "440123456", "household_with": "self"}


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with clerks of the town and of the county."""
    made = hub_over(store, clock)
    add_staff(made.database, clock, "zhen", "clerk", "440981102000", PASSWORD)
    add_staff(made.database, clock, "xian", "clerk", "440981000000", PASSWORD)
    return made


def born(terminal: FakeTerminal, people: People, **parts: object) -> dict[str, object]:
    """Sends the theme's one submission."""
    changes = {"item": "newborn", "form": FORM, "identity": {"level": "card_face", "way": "face"}} | parts
    payload = terminal.application(people["lin-yuelan"], **changes)  # type: ignore[arg-type]
    event = terminal.event(payload, NEWBORN)
    assert terminal.send(event).results[0].status.value == "stored"
    return payload | {"event_id": event.id}


@both_stores
def test_one_submission_becomes_three_cases_and_one_answer(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    applied = born(terminal, people)
    with hub.database.reading() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
    assert [case.item for case in cases] == [
        "newborn", "newborn-household", "newborn-medical-insurance", "newborn-social-card",
    ]  # fmt: skip
    whole, *parts = cases
    assert [case.number for case in parts] == [f"{whole.number}-{n}" for n in (1, 2, 3)]
    assert [case.unit for case in parts] == [
        "town-centre@440981102", "county-centre@440981", "town-centre@440981102",
    ]  # fmt: skip
    assert whole.due_on == max(case.due_on for case in parts if case.due_on is not None)
    decide(hub)
    told = answer_of(terminal, applied)
    assert (told.item, told.state) == ("newborn", "approved")
    assert [(part.name, part.state) for part in told.parts] == [
        ("新生儿出生登记", "approved"), ("新生儿参加居民医保", "approved"), ("新生儿社保卡", "approved"),
    ]  # fmt: skip
    assert case_of(hub, "newborn").light == "kept"


def test_what_was_left_out_opens_no_case_and_an_item_that_is_not_in_the_theme_waits_for_a_person(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    applied = born(terminal, people, parts=["newborn-social-card", "newborn-household"])
    decide(hub)
    told = answer_of(terminal, applied)
    assert (told.state, [part.item for part in told.parts]) == (
        "approved", ["newborn-household", "newborn-social-card"],
    )  # fmt: skip
    assert "2件事办成了2件" in told.reasons[0].text
    payload = terminal.application(people["lin-yuelan"], item="newborn", parts=["pension-qualification"])
    assert terminal.send(terminal.event(payload, NEWBORN)).results[0].status.value == "parked"


def test_one_part_with_a_clerk_leaves_the_others_done_and_the_whole_says_how_far_it_is(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    applied = born(terminal, people, form=FORM | {"household_with": "spouse"})
    decide(hub)
    told = answer_of(terminal, applied)
    assert told.state == "in_review"
    assert "3件事办成了2件" in told.reasons[0].text
    assert [part.state for part in told.parts] == ["in_review", "approved", "approved"]
    claim = applied["claim"]
    assert isinstance(claim, dict)
    page = LINE.get(f"{url}/verify/{claim['code']}").text
    assert page.count("已通过") == 2
    assert "新生儿出生登记" in page
    clock.turn(4 * DAY_S)
    sweep_clocks(hub)
    assert case_of(hub, "newborn").light == case_of(hub, "newborn-household").light == "red"
    number = case_of(hub, "newborn-household").number
    clerk = browse("zhen")
    queue = clerk.get("/desk").text
    assert number in queue
    assert f'/{case_of(hub, "newborn").number}"' not in queue, "the whole is nobody's to decide"
    shown = clerk.get(f"/desk/cases/{number}")
    assert "新生儿一件事" in shown.text
    form = {"outcome": "refuse", "reason": "配偶户口不在本县", "csrf": csrf_of(shown)}
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
    told = answer_of(terminal, applied)
    assert told.state == "refused"
    assert any("新生儿出生登记：配偶户口不在本县" in reason.text for reason in told.reasons)
    assert case_of(hub, "newborn").light == "missed"


def test_the_whole_itself_cannot_be_decided_or_passed_on(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    born(terminal, people, form=FORM | {"household_with": "spouse"})
    decide(hub)
    clerk, number = browse("xian"), case_of(hub, "newborn").number
    page = clerk.get(f"/desk/cases/{number}")
    assert 'name="outcome"' not in page.text
    form = {"outcome": "approve", "csrf": csrf_of(page)}
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).status_code == 409
    act(clerk, number, "transfer", "city-centre@4409")
    assert case_of(hub, "newborn").state == "in_review"


def test_a_paper_promised_for_all_parts_is_brought_once(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    applied = born(terminal, people, documents=[{"id": "birth_certificate", "from": "later"}])
    decide(hub)
    told = answer_of(terminal, applied)
    assert (told.state, [one.document for one in told.needs]) == ("waiting", ["birth_certificate"])
    clock.turn(8 * DAY_S)
    assert sweep_needs(hub) == 3
    brought: dict[str, object] = {
        "case": {"event_id": applied["event_id"]},
        "documents": [{"id": "birth_certificate", "from": "scan"}],
    }
    terminal.send(terminal.event(brought, "cn.zhizhu.case.supplemented.v1"))
    decide(hub)
    assert answer_of(terminal, applied).state == "approved"


def test_who_applied_withdraws_the_whole_with_all_its_open_parts(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    applied = born(terminal, people, form=FORM | {"household_with": "spouse"})
    decide(hub)
    event = terminal.event({"case": {"event_id": applied["event_id"]}}, "cn.zhizhu.case.withdrawn.v1")
    terminal.send(event)
    decide(hub)
    told = answer_of(terminal, applied)
    assert [part.state for part in told.parts] == ["withdrawn", "approved", "approved"]
    assert told.state == "approved"


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        (["received", "received"], "received"),
        (["approved", "received"], "in_review"),
        (["in_review", "waiting", "refused"], "waiting"),
        (["approved", "in_review"], "in_review"),
        (["approved", "refused"], "refused"),
        (["approved", "withdrawn"], "approved"),
        (["withdrawn", "withdrawn"], "withdrawn"),
    ],
)
def test_the_whole_is_what_its_parts_make_it(states: list[CaseState], whole: CaseState) -> None:
    assert joined(states) == whole


def test_nobody_is_called_for_what_a_part_waited_for_once_the_part_is_over(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    applied = born(terminal, people, form=FORM | {"household_with": "spouse"})
    decide(hub)
    act(browse("zhen"), case_of(hub, "newborn-household").number, "ask_papers", "结婚证")
    wanted = select(Notice.told_at).where(Notice.kind == "papers")
    with hub.database.reading() as session:
        assert session.scalars(wanted).all() == [None]
    terminal.send(terminal.event({"case": {"event_id": applied["event_id"]}}, WITHDRAWN))
    decide(hub)
    assert case_of(hub, "newborn-household").state == "withdrawn"
    with hub.database.reading() as session:
        assert None not in session.scalars(wanted).all()
