"""Finding a case again: by code, by card, on a phone; and admitting terminals."""

from __future__ import annotations

import httpx
from sqlalchemy import select

from hub.decisions import DecisionWorker
from hub.enrolment import new_enrolment_key
from hub.hub import Hub
from hub.staff import add_staff
from hub.tables import Case, InboxEvent
from offline.wire.batch import EventStatus
from offline.wire.claims import new_code, shown
from offline.wire.signing import new_signing_key
from seeds.people import People
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, enrolment_body
from tests.hub.stores import both_stores

pytestmark = both_stores


def test_a_second_terminal_finds_the_case_by_code_and_by_card(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    code, lin = new_code(), people["lin-yuelan"]
    terminal.send(terminal.event(terminal.application(lin, code)))
    DecisionWorker(hub).run_once()
    second = FakeTerminal.enrolled(hub, url, clock)
    by_code = second.ask("GET", f"/v1/claims/{code}").json()
    assert (by_code["state"], by_code["next_due"], by_code["masked_name"]) == ("approved", "2027-11", "林*兰")
    [by_card] = second.lookup(lin.id_number).json()["cases"]
    # a card alone opens neither what a query found nor what was filled in
    assert by_card == by_code | {"result": None, "saved": None}
    assert second.lookup(people["he-guoming"].id_number).json()["cases"] == []


def test_an_unknown_or_mistyped_code_is_told_apart_and_tries_are_limited(hub: Hub, terminal: FakeTerminal) -> None:
    unknown = terminal.ask("GET", f"/v1/claims/{new_code()}")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:zhizhu:problem:claim_unknown")
    assert terminal.ask("GET", "/v1/claims/1234567890").json()["type"] == "urn:zhizhu:problem:claim_code_wrong"
    for _ in range(hub.settings.claim_tries_per_minute):
        last = terminal.ask("GET", f"/v1/claims/{new_code()}")
    assert (last.status_code, last.json()["retryable"]) == (429, True)
    assert int(last.headers["retry-after"]) >= 1


def test_two_terminals_that_drew_one_code_are_both_served_and_the_code_asks_for_a_card(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    code, second = new_code(), FakeTerminal.enrolled(hub, url, clock)
    for where, slug in ((terminal, "lin-yuelan"), (second, "huang-axing")):
        [result] = where.send(where.event(where.application(people[slug], code))).results
        assert result.status is EventStatus.STORED
    DecisionWorker(hub).run_once()
    asked = terminal.ask("GET", f"/v1/claims/{code}")
    assert (asked.status_code, asked.json()["type"]) == (409, "urn:zhizhu:problem:claim_ambiguous")
    page = LINE.get(f"{url}/verify/{shown(code)}")
    assert page.status_code == 404
    assert "林*兰" not in page.text
    assert len(terminal.lookup(people["lin-yuelan"].id_number).json()["cases"]) == 1


def test_neither_code_nor_name_nor_number_rests_readable_at_the_hub(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    code, lin = new_code(), people["lin-yuelan"]
    terminal.send(terminal.event(terminal.application(lin, code)))
    DecisionWorker(hub).run_once()
    with hub.database.reading() as session:
        rows = (*session.scalars(select(Case)), *session.scalars(select(InboxEvent)))
        kept = " ".join(str(getattr(row, column.key)) for row in rows for column in row.__table__.columns)
    for secret in (code, lin.name, lin.id_number):
        assert secret not in kept


def test_the_phone_page_is_polite_to_every_code(url: str, terminal: FakeTerminal, people: People) -> None:
    code = new_code()
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"], code)))
    page = LINE.get(f"{url}/verify/{shown(code)}")
    assert page.status_code == 200
    assert "林*兰" in page.text
    assert people["lin-yuelan"].name not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for unknown in (new_code(), "hello", "1234567890"):
        assert LINE.get(f"{url}/verify/{unknown}").status_code == 404


def test_an_enrolment_key_admits_one_terminal_and_survives_a_lost_answer(hub: Hub, url: str, clock: HandClock) -> None:
    key, signing = new_enrolment_key(hub.database, hub.settings, clock, VILLAGE, "示例村委会"), new_signing_key()
    first = LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, signing))
    again = LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, signing))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    stolen = LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, new_signing_key()))
    assert (stolen.status_code, stolen.json()["park"]) == (409, True)
    assert LINE.post(f"{url}/v1/enrolments", json=enrolment_body("made-up-key", signing)).status_code == 403


def test_an_enrolment_key_ends_and_belongs_to_its_village(hub: Hub, url: str, clock: HandClock) -> None:
    key = new_enrolment_key(hub.database, hub.settings, clock, VILLAGE, "示例村委会")
    elsewhere = LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, new_signing_key(), "440981103999"))
    assert elsewhere.json()["type"] == "urn:zhizhu:problem:enrolment_region"
    clock.turn(hub.settings.enrolment_hours * 3600 + 1)
    late = LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, new_signing_key()))
    assert late.json()["type"] == "urn:zhizhu:problem:enrolment_key_expired"


def test_scripts_read_the_json_twins_after_signing_in(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    add_staff(hub.database, clock, "kefu", "clerk", "440981000000", "long enough")
    add_staff(hub.database, clock, "waidi", "clerk", "440106000000", "long enough")
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    assert LINE.get(f"{url}/console/cases.json").status_code == 401
    for name, seen in (("kefu", 1), ("waidi", 0)):
        with httpx.Client(base_url=url, follow_redirects=True, verify=False) as desk:
            page = desk.get("/console/login").text
            csrf = page.split('name="csrf" value="')[1].split('"')[0]
            assert desk.post("/console/login", data={"name": name, "password": "long enough"}).status_code == 403
            form = {"name": name, "password": "long enough", "csrf": csrf}
            assert desk.post("/console/login", data=form).status_code == 200
            cases = desk.get(f"/console/cases.json?terminal={terminal.id}").json()["cases"]
            assert [case["state"] for case in cases] == ["received"] * seen
            assert len(desk.get("/console/terminals.json").json()["terminals"]) == seen


def test_operations_pages_tell_how_the_hub_is(hub: Hub, url: str, terminal: FakeTerminal) -> None:
    assert LINE.get(f"{url}/healthz").text == "ok\n"
    assert LINE.get(f"{url}/readyz").text == "ready\n"
    terminal.beat()
    metrics = LINE.get(f"{url}/metrics").text
    assert 'zhizhu_hub_terminals{state="online"} 1.0' in metrics
    paths = LINE.get(f"{url}/openapi.json").json()["paths"]
    assert "/v1/terminals/{terminal_id}/events" in paths
    missing = LINE.get(f"{url}/nowhere")
    assert missing.headers["content-type"] == "application/problem+json"
