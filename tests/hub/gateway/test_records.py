"""What an approval gives once is written down at its source through the port; a second application sees it there."""

from __future__ import annotations

import pytest

from hub.decisions import DecisionWorker, _Verdict
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.tables import BasePerson
from offline.wire.changes import CaseView
from seeds.people import People
from tests.hub.casework.bench import Browse, answer_of, decide
from tests.hub.gateway.hands import behave
from tests.hub.running import FakeTerminal, HandClock

ITEM = "elderly-allowance"
SOURCE = "civil-affairs"


def apply(hub: Hub, terminal: FakeTerminal, people: People, whose: str = "family") -> dict[str, object]:
    """The son applies for the grandmother."""
    kin = people["cai-xiuying"]
    subject = {"name": kin.name, "id_number": kin.id_number}
    parts = {"acting": {"for": whose, "subject": subject}, "form": {"pay_to": "social_card"}}
    payload = terminal.application(people["lin-jianguo"], item=ITEM, **parts)  # type: ignore[arg-type]
    event = terminal.event(payload, hub.catalogue.item(ITEM).event_type)
    assert terminal.send(event).results[0].status.value == "stored"
    return payload | {"event_id": event.id}


def since(hub: Hub, people: People) -> object:
    """What civil affairs has."""
    with hub.database.reading() as session:
        return session.get_one(BasePerson, people["cai-xiuying"].id_number).facts.get("allowance_since")


def said(view: CaseView) -> str:
    """All reasons."""
    return "；".join(one.text for one in view.reasons)


@pytest.mark.parametrize("manner", ["well", "silent"])
def test_an_allowance_is_not_given_twice_also_while_its_source_is_silent(
    hub: Hub,
    terminal: FakeTerminal,
    people: People,
    clock: HandClock,
    browse: Browse,
    asker: SourceWorker,
    manner: str,
) -> None:
    operator, first = browse("op"), apply(hub, terminal, people)
    decide(hub)
    assert answer_of(terminal, first).state == "approved"
    behave(operator, SOURCE, manner)
    asker.turn()
    assert since(hub, people) == ("2026-11" if manner == "well" else None)
    second = apply(hub, terminal, people)
    decide(hub)
    if manner == "silent":
        told = answer_of(terminal, second)
        assert (told.state, "民政库暂时没有答复" in said(told)) == ("waiting", True)
        behave(operator, SOURCE, "well")
        clock.turn(60)
        asker.turn()  # writes it down
        clock.turn(60)
        asker.turn()  # asks again
        decide(hub)
    told = answer_of(terminal, second)
    assert told.state == "refused"
    assert "已经在发这位老人的高龄津贴了" in said(told)
    assert since(hub, people) == "2026-11"


def test_of_two_that_were_read_before_either_was_decided_one_is_given(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, asker: SourceWorker
) -> None:
    first, second = apply(hub, terminal, people), apply(hub, terminal, people)
    early, late = DecisionWorker(hub), DecisionWorker(hub)
    one, other = early.claim()
    read = late._consider(other)
    assert early.decide(one)

    def considered(case_id: int) -> _Verdict:
        assert case_id == other
        return read

    late._consider = considered  # type: ignore[method-assign]
    late._name = early._name
    assert late.decide(other)
    asker.turn()
    decide(hub)
    clock.turn(60)
    asker.turn()
    decide(hub)
    assert [answer_of(terminal, each).state for each in (first, second)] == ["approved", "refused"]


def test_who_says_to_act_for_himself_gets_nothing_by_naming_somebody_else(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    applied = apply(hub, terminal, people, "self")
    decide(hub)
    told = answer_of(terminal, applied)
    assert (told.state, "还没满七十岁" in said(told)) == ("refused", True)
    assert since(hub, people) is None
