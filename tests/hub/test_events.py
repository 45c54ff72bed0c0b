"""Each event is taken once for ever, whatever the line, the terminal and the hub go through."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hub import ingest as ingestion
from hub.casework.calls import WITHDRAWN
from hub.hub import Hub
from hub.settings import HubSettings
from hub.tables import Case, DecisionJob, InboxEvent
from offline.wire.batch import EventStatus
from offline.wire.canonical import canonical_json
from offline.wire.compression import squeezed, takes_gzip
from offline.wire.identity import uuid7
from offline.wire.signing import new_signing_key, sign_request
from seeds.people import People
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, hub_over, moved, serving
from tests.hub.stores import Store, both_stores

pytestmark = both_stores


def _cases(hub: Hub) -> int:
    with hub.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_batch_sent_twice_is_stored_once(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    events = [terminal.event(terminal.application(people["lin-yuelan"])) for _ in range(3)]
    assert [one.status for one in terminal.send(*events).results] == [EventStatus.STORED] * 3
    again = terminal.send(*events)
    assert [one.status for one in again.results] == [EventStatus.DUPLICATE] * 3
    assert again.head is not None
    assert (again.head.seq, again.head.hash) == (3, terminal.head.hash)
    assert _cases(hub) == 3


def test_an_event_twice_in_one_batch_is_a_duplicate(terminal: FakeTerminal, people: People) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    assert [one.status for one in terminal.send(event, event).results] == [EventStatus.STORED, EventStatus.DUPLICATE]


def test_events_stay_known_over_two_restarts_of_the_hub(store: Store, clock: HandClock, people: People) -> None:
    first = hub_over(store, clock)
    with serving(first, decide=False) as url:
        terminal = FakeTerminal.enrolled(first, url, clock)
        event = terminal.event(terminal.application(people["lin-yuelan"]))
        assert terminal.send(event).results[0].status is EventStatus.STORED
    for _ in range(2):
        hub = hub_over(store, clock)
        with serving(hub, decide=False) as terminal.url:
            assert terminal.send(event).results[0].status is EventStatus.DUPLICATE
            assert _cases(hub) == 1


def test_an_event_ahead_of_the_chain_is_kept_and_joined_later(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    one, two, three = (terminal.event(terminal.application(people["lin-yuelan"])) for _ in range(3))
    early = terminal.send(three, two)
    assert [result.status for result in early.results] == [EventStatus.STORED] * 2
    assert early.head is not None
    assert early.head.seq == 0
    late = terminal.send(one)
    assert late.head is not None
    assert (late.head.seq, late.head.hash) == (3, terminal.head.hash)
    with hub.database.reading() as session:
        assert set(session.scalars(select(InboxEvent.position))) == {"joined"}


def test_a_gap_that_closes_joins_all_that_waited_however_far_it_reaches(
    store: Store, clock: HandClock, people: People
) -> None:
    hub = hub_over(store, clock, HubSettings(chain_window=2))
    with serving(hub, decide=False) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        first, *rest = (terminal.event({"event_id": "x"}, "cn.zhizhu.slip.settled.v1") for _ in range(8))
        terminal.send(*rest[:3])
        assert [one.status for one in terminal.send(*rest[3:], rest[5]).results] == [
            *(EventStatus.STORED,) * 4,
            EventStatus.DUPLICATE,
        ]
        fork = moved(rest[6], id=uuid7(clock()))
        assert terminal.send(fork).results[0].reason == "chain_fork"
        closed = terminal.send(first)
        assert closed.head is not None
        assert (closed.head.seq, closed.head.hash) == (8, terminal.head.hash)
        with hub.database.reading() as session:
            joined = select(func.count()).where(InboxEvent.position == "joined")
            assert session.scalar(joined) == 8


def test_a_batch_that_another_replica_gets_ahead_of_is_asked_for_again(
    hub: Hub, terminal: FakeTerminal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [terminal.event(terminal.application(people["lin-yuelan"])) for _ in range(2)]
    raced: list[str] = []

    def race(*_: object) -> None:
        raced.append("lost")
        raise IntegrityError("INSERT", {}, Exception("UNIQUE"))

    with monkeypatch.context() as patched:
        patched.setattr(ingestion, "open_cases", race)
        reply = terminal.send(*events)
    assert [(one.status, one.reason) for one in reply.results] == [(EventStatus.RETRY, "busy")] * 2
    assert raced == ["lost", "lost"]
    assert reply.head is not None
    assert reply.head.seq == 0
    assert _cases(hub) == 0
    assert [one.status for one in terminal.send(*events).results] == [EventStatus.STORED] * 2
    assert _cases(hub) == 2


def test_cases_are_numbered_in_the_order_of_the_events(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    events = [terminal.event(terminal.application(people["lin-yuelan"])) for _ in range(3)]
    terminal.send(*events[:2])
    terminal.send(events[2])
    with hub.database.reading() as session:
        rows = session.execute(select(Case.event_id, Case.number).order_by(Case.id)).all()
        waiting = session.scalars(select(DecisionJob.state)).all()
    assert [row.event_id for row in rows] == [event.id for event in events]
    assert [row.number for row in rows] == [f"{VILLAGE}-20261123-{n:05d}" for n in (1, 2, 3)]
    assert waiting == ["waiting"] * 3


def test_a_name_that_no_database_keeps_is_parked_alone(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    person = people["lin-yuelan"]
    odd = terminal.application(person)
    odd["applicant"] = {"name": "\x00月", "id_number": person.id_number}
    long = terminal.application(person)
    long["applicant"] = {"name": "林" + "月" * 198 + "兰", "id_number": person.id_number}
    bad, good = terminal.event(odd), terminal.event(long)
    results = terminal.send(bad, good).results
    assert [(one.status.value, one.reason) for one in results] == [
        ("parked", "payload_invalid: applicant.name"),
        ("stored", None),
    ]
    assert _cases(hub) == 1


def test_a_broken_chain_is_parked_and_the_rest_goes_on(terminal: FakeTerminal, people: People) -> None:
    good = terminal.event(terminal.application(people["lin-yuelan"]))
    broken = moved(terminal.event(terminal.application(people["lin-yuelan"])), prev="f" * 64)
    terminal.head = type(terminal.head)(broken.seq, broken.hash())
    after = terminal.event(terminal.application(people["lin-yuelan"]))
    results = terminal.send(good, broken, after).results
    assert [one.status for one in results] == [EventStatus.STORED, EventStatus.PARKED, EventStatus.STORED]
    assert results[1].reason == "chain_broken"


def test_a_second_event_with_a_used_number_is_parked(terminal: FakeTerminal, people: People) -> None:
    first = terminal.event(terminal.application(people["lin-yuelan"]))
    terminal.head = type(terminal.head)(0, "0" * 64)
    second = terminal.event(terminal.application(people["lin-yuelan"]))
    results = terminal.send(first, second).results
    assert [(one.status, one.reason) for one in results] == [
        (EventStatus.STORED, None),
        (EventStatus.PARKED, "chain_fork"),
    ]


def test_what_cannot_be_opened_or_read_is_parked_with_its_reason(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    person = people["lin-yuelan"]
    altered = terminal.event(terminal.application(person))
    altered = moved(altered, data=altered.data[:-1] + bytes([altered.data[-1] ^ 1]))
    terminal.head = type(terminal.head)(altered.seq, altered.hash())
    unknown = terminal.event(terminal.application(person), "cn.zhizhu.moon_landing.applied.v1")
    empty = terminal.event({"item": "pension-qualification"})
    good = terminal.event(terminal.application(person))
    results = terminal.send(altered, unknown, {"id": "nonsense"}, empty, good).results
    assert [one.status.value for one in results] == ["parked", "parked", "parked", "parked", "stored"]
    assert [(one.reason or "").split(":")[0] for one in results[:4]] == [
        "cannot_unseal",
        "unknown_type",
        "malformed",
        "payload_invalid",
    ]
    again = terminal.send(altered, good).results
    assert [one.status.value for one in again] == ["parked", "duplicate"]
    assert _cases(hub) == 1


def test_one_id_with_another_content_is_parked(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    terminal.send(event)
    result = terminal.send(moved(event, clock="unsure")).results[0]
    assert (result.status, result.reason) == (EventStatus.PARKED, "id_conflict")
    assert _cases(hub) == 1


def test_of_one_id_with_two_contents_in_a_batch_the_first_counts(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    spoilt = moved(event, data=event.data[:-1] + bytes([event.data[-1] ^ 1]))
    results = terminal.send(event, spoilt).results
    assert [(one.status.value, one.reason) for one in results] == [("stored", None), ("parked", "id_conflict")]
    assert _cases(hub) == 1


def test_a_settled_slip_is_stored_without_a_case(hub: Hub, terminal: FakeTerminal) -> None:
    event = terminal.event({"event_id": "x", "outcome": "printed"}, "cn.zhizhu.slip.settled.v1")
    assert terminal.send(event).results[0].status is EventStatus.STORED
    assert _cases(hub) == 0


def test_a_foreign_terminals_event_cannot_take_its_place(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    other = FakeTerminal.enrolled(hub, url, clock)
    event = other.event(other.application(people["lin-yuelan"]))
    assert terminal.send(event).results[0].reason == "foreign_source"
    assert other.send(event).results[0].status is EventStatus.STORED
    assert _cases(hub) == 1


def test_a_terminal_may_not_use_anothers_address(hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock) -> None:
    other = FakeTerminal.enrolled(hub, url, clock)
    reply = terminal.ask("GET", f"/v1/terminals/{other.id}/changes")
    assert reply.status_code == 403
    assert reply.json()["type"] == "urn:zhizhu:problem:foreign_terminal"


def test_a_forged_signature_is_refused(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    path = f"/v1/terminals/{terminal.id}/events"
    reply = terminal.ask("POST", path, {"events": [event.to_json()]}, signing=new_signing_key())
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["retryable"] is False
    assert LINE.post(f"{terminal.url}{path}", json={"events": []}).status_code == 401
    assert _cases(hub) == 0


def test_a_signature_made_at_another_time_is_to_be_made_again(terminal: FakeTerminal) -> None:
    wrong = HandClock()
    wrong.turn(3600)
    late = FakeTerminal(terminal.url, wrong, terminal.enrolment, terminal.signing)
    problem = late.ask("GET", f"/v1/terminals/{terminal.id}/changes").json()
    assert (problem["type"], problem["retryable"]) == ("urn:zhizhu:problem:clock_apart", True)


def test_requests_have_bounds(hub: Hub, terminal: FakeTerminal) -> None:
    path = f"/v1/terminals/{terminal.id}/events"
    long = terminal.ask("POST", path, {"events": [{}] * (hub.settings.batch_events + 1)})
    assert (long.status_code, long.json()["type"]) == (413, "urn:zhizhu:problem:batch_too_long")
    large = LINE.post(f"{terminal.url}{path}", content=b" " * (hub.settings.request_bytes + 1))
    assert (large.status_code, large.json()["park"]) == (413, True)
    assert terminal.ask("GET", f"/v1/terminals/{terminal.id}/changes?cursor=-1").status_code == 422


def _post(terminal: FakeTerminal, body: bytes, coding: str) -> httpx.Response:
    path = f"/v1/terminals/{terminal.id}/events"
    headers = sign_request(terminal.signing, terminal.id, "POST", path, body, terminal.clock())
    headers["Content-Encoding"] = coding
    return LINE.post(f"{terminal.url}{path}", content=body, headers=headers)


def test_a_batch_may_come_as_gzip_and_the_hub_says_so(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    path, value = f"/v1/terminals/{terminal.id}/events", {"events": [event.to_json()]}
    plain = terminal.ask("POST", path, {"events": []})
    assert takes_gzip(plain.headers["accept-encoding"])
    assert plain.json() == {"results": [], "head": {"seq": 0, "hash": "0" * 64}}
    packed = _post(terminal, squeezed(canonical_json(value)), "gzip")
    assert packed.json()["results"] == [{"id": event.id, "status": "stored"}]
    assert terminal.send(event).results[0].status is EventStatus.DUPLICATE
    assert _cases(hub) == 1


def test_a_packed_batch_that_is_damaged_unknown_or_a_bomb_is_refused(hub: Hub, terminal: FakeTerminal) -> None:
    bomb = squeezed(b'{"events": []}' + b" " * hub.settings.request_bytes)
    assert len(bomb) < 10_000
    answers = {
        "too_large": _post(terminal, bomb, "gzip"),
        "malformed": _post(terminal, b"no gzip", "gzip"),
        "unsupported_encoding": _post(terminal, b"{}", "br"),
    }
    for code, answer in answers.items():
        assert answer.json()["type"] == f"urn:zhizhu:problem:{code}"
    assert [answer.status_code for answer in answers.values()] == [413, 400, 415]
    assert [answer.json()["park"] for answer in answers.values()] == [True, False, False]
    forged = LINE.post(f"{terminal.url}/v1/terminals/{terminal.id}/events", content=bomb)
    assert forged.status_code == 401


@pytest.mark.parametrize("named", [{"event_id": "x\x00"}, {"number": "1\x00", "id_number": "440999195301019010"}])
def test_a_word_about_a_case_whose_name_no_database_keeps_is_laid_aside_and_holds_nothing_up(
    hub: Hub, terminal: FakeTerminal, people: People, named: dict[str, str]
) -> None:
    word = terminal.event({"case": named}, WITHDRAWN)
    behind = terminal.event(terminal.application(people["lin-yuelan"]))
    told = terminal.send(word, behind).results
    assert [one.status for one in told] == [EventStatus.PARKED, EventStatus.STORED]
    assert told[0].reason == "payload_invalid: case"
    assert _cases(hub) == 1
