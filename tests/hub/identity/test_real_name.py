"""The terminal's signed word on who applied, over real HTTP: for one person, one way, one visit, one terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.tables import DecisionRecord
from offline.wire.real_name import Proven, sign_real_name
from offline.wire.signing import new_signing_key
from seeds.people import People
from tests.hub.casework.bench import apply, case_of, decide
from tests.hub.running import FakeTerminal

WITNESS = "440999197806209044"
PERSON = "lin-yuelan"


def identity(terminal: FakeTerminal, people: People, **other: object) -> dict[str, object]:
    """The part of the payload, with a session that is right but for what the test changes."""
    now = terminal.clock()
    said: dict[str, object] = {
        "number": people[PERSON].id_number,
        "level": "card_witnessed",
        "way": "witness",
        "witness": WITNESS,
        "began": now - timedelta(minutes=3),
        "kept": now,
        "key": terminal.signing,
    } | other
    began, kept, key = said.pop("began"), said.pop("kept"), said.pop("key")
    session = sign_real_name(key, Proven(**said), "visit-1", began, kept)  # type: ignore[arg-type]
    witness = {"name": "吴桂芳", "id_number": WITNESS}
    return {"level": "card_witnessed", "way": "witness", "witness": witness, "session": session}


def reasons(hub: Hub) -> tuple[str, list[str]]:
    """How the case ended, and the codes of the reasons."""
    decide(hub)
    with hub.database.reading() as session:
        record = session.scalars(select(DecisionRecord)).one()
        return record.outcome, [str(one["code"]) for one in record.reasons]


def test_a_session_of_this_terminal_is_believed(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    apply(terminal, people[PERSON], identity=identity(terminal, people))
    assert reasons(hub)[0] == "approve"
    assert case_of(hub).state == "approved"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"number": "44099919530101901X"}, "real_name_forged"),
        ({"level": "card_face"}, "real_name_forged"),
        ({"way": "later"}, "real_name_forged"),
        ({"witness": ""}, "real_name_forged"),
        ({"key": new_signing_key()}, "real_name_forged"),
        ({"minutes": 121}, "real_name_late"),
        ({"minutes": -1}, "real_name_late"),
    ],
)
def test_one_of_another_person_way_visit_or_terminal_brings_the_case_to_a_person(
    hub: Hub, terminal: FakeTerminal, people: People, other: dict[str, object], code: str
) -> None:
    if (minutes := other.get("minutes")) is not None:
        assert isinstance(minutes, int)
        other = {"began": terminal.clock() - timedelta(minutes=minutes)}
    apply(terminal, people[PERSON], identity=identity(terminal, people, **other))
    assert reasons(hub) == ("manual", [code])
    assert case_of(hub).state == "in_review"


@pytest.mark.parametrize("spoilt", ["", {}, {"signature": "x"}, [], {"session": 1, "signature": "A" * 88}])
def test_what_is_no_session_is_doubted_and_none_at_all_is_an_older_terminal(
    hub: Hub, terminal: FakeTerminal, people: People, spoilt: object
) -> None:
    apply(terminal, people[PERSON], identity=identity(terminal, people) | {"session": spoilt})
    assert reasons(hub) == ("manual", ["real_name_forged"])
