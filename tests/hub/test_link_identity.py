"""Who speaks on the line: replayed, late, forged and foreign requests are refused and counted, credentials end, and
whatever happens to the link, what was kept on the terminal arrives in the end."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from hub.commands import hub as hub_command
from hub.credentials import readmit
from hub.hub import Hub
from hub.replays import Replays, sweep_requests
from hub.tables import Case, Refusal, SeenRequest
from offline.sync import Parcel
from offline.sync.trouble import HubRefused, HubUnproven
from offline.wire.signing import new_signing_key, sign_request
from seeds.people import People
from tests.hub.machine import Machine
from tests.hub.running import LINE, FakeTerminal, HandClock, make_hub, serving


def _refused(hub: Hub) -> dict[tuple[str, str], int]:
    hub.refusals.flush()
    with hub.database.reading() as session:
        return {(row.terminal_id, row.reason): row.count for row in session.scalars(select(Refusal))}


def _send(terminal: FakeTerminal, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return LINE.request(method, f"{terminal.url}{path}", content=body, headers=headers)


class Between(httpx.HTTPTransport):
    """Somebody on the line who leaves every reply as it is but for the hour it names."""

    def __init__(self, hour: datetime) -> None:
        super().__init__()
        self.hour = hour

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Passes a request on, and the reply back with another `Date`."""
        reply = super().handle_request(request)
        reply.headers["Date"] = format_datetime(self.hour, usegmt=True)
        return reply


def test_nobody_between_sets_a_terminals_clock(machine: Machine, clock: HandClock) -> None:
    year = timedelta(days=365)
    between = Between(clock() - year)
    machine.client._http.close()
    machine.client._http = httpx.Client(transport=between)
    for wrong in (year, timedelta(0)):  # with the terminal's own clock led astray as well (NTP), and without
        machine.client._clock = lambda wrong=wrong: clock() - wrong  # type: ignore[misc]
        machine.client.skew_s = 0.0
        for _ in range(3):
            clock.turn(1)
            with suppress(HubRefused):
                machine.client.changes(0)
            assert machine.agent.judge_clock(machine.client.heard, clock() - year) == "unsure"
    machine.client._clock = clock
    between.hour = clock()
    with suppress(HubRefused):
        machine.client.changes(0)
    machine.client.changes(0)
    assert machine.agent.judge_clock(machine.client.heard, clock()) == "trusted", "an honest hour is believed"


@pytest.mark.parametrize(("method", "what"), [("POST", "events"), ("GET", "changes"), ("POST", "heartbeats")])
def test_a_request_sent_twice_is_refused_and_counted(hub: Hub, terminal: FakeTerminal, method: str, what: str) -> None:
    path = f"/v1/terminals/{terminal.id}/{what}"
    bodies = {"events": b'{"events": []}', "changes": b"", "heartbeats": terminal.heartbeat()}
    headers = terminal.signed(method, path, bodies[what])
    assert _send(terminal, method, path, bodies[what], headers).status_code == 200
    again = _send(terminal, method, path, bodies[what], headers)
    assert (again.status_code, again.json()["type"]) == (409, "urn:zhizhu:problem:replayed")
    assert again.json()["retryable"], "whoever is honest signs anew"
    assert _refused(hub) == {(terminal.id, "replayed"): 1}


def test_another_replica_refuses_it_too(hub: Hub, terminal: FakeTerminal, clock: HandClock) -> None:
    path = f"/v1/terminals/{terminal.id}/heartbeats"
    body = terminal.heartbeat()
    headers = terminal.signed("POST", path, body)
    assert _send(terminal, "POST", path, body, headers).status_code == 200
    other = Replays(clock, 10)
    assert not other.seen_here(headers["Zhizhu-Signature"])
    with hub.database.writing() as session:
        assert other.seen_anywhere(session, headers["Zhizhu-Signature"])
    clock.turn(601)
    sweep_requests(hub.database, clock())
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SeenRequest)) == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 400)), max_size=60))
def test_the_memory_is_bounded_and_never_forgets_what_is_still_good(steps: list[tuple[int, int]]) -> None:
    clock = HandClock()
    replays, last = Replays(clock, 40), dict[str, float]()
    for name, seconds in steps:
        clock.turn(seconds)
        now, known = clock().timestamp(), last.get(str(name))
        seen = replays.seen_here(str(name))
        if known is not None and now - known <= 600:
            assert seen
        else:
            assert not seen
            last[str(name)] = now
    assert len(replays._seen) <= 40


def test_forged_late_foreign_and_unknown_requests_are_counted_by_whom_they_claim(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock
) -> None:
    other = FakeTerminal.enrolled(hub, url, clock)
    path = f"/v1/terminals/{terminal.id}/changes"
    assert terminal.ask("GET", path, signing=new_signing_key()).status_code == 401  # a thief with a key of his own
    assert other.ask("GET", path).status_code == 403  # an enrolled terminal at another's address
    wrong = terminal.signed("GET", path, b"")
    assert _send(terminal, "GET", f"{path}?cursor=1", b"", wrong).status_code == 401  # signed for another target
    late = terminal.signed("GET", path, b"")
    clock.turn(301)
    assert _send(terminal, "GET", path, b"", late).json()["type"].endswith("clock_apart")
    nobody = sign_request(new_signing_key(), "t-nobody", "GET", path, b"", clock())
    for _ in range(3):
        assert _send(terminal, "GET", path, b"", nobody).status_code == 401
    assert _send(terminal, "GET", path, b"", {}).status_code == 401
    assert _refused(hub) == {
        (terminal.id, "bad_signature"): 2,
        (other.id, "foreign_terminal"): 1,
        (terminal.id, "clock_apart"): 1,
        ("", "bad_signature"): 4,
    }


@pytest.mark.parametrize("header", ["Zhizhu-Protocol", "Zhizhu-Nonce", "Zhizhu-Hub-Key", "Zhizhu-Terminal"])
def test_no_signed_header_can_be_changed_or_taken_away(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, header: str
) -> None:
    other = FakeTerminal.enrolled(hub, url, clock)
    path = f"/v1/terminals/{terminal.id}/changes"
    values = {"Zhizhu-Protocol": "1-3", "Zhizhu-Nonce": "0" * 32, "Zhizhu-Hub-Key": "-", "Zhizhu-Terminal": other.id}
    for change in ({header: values[header]}, {header: ""}):
        headers = terminal.signed("GET", path, b"") | change
        assert _send(terminal, "GET", path, b"", headers).status_code == 401


def test_a_flood_of_refusals_costs_one_row_and_few_writes(hub: Hub, terminal: FakeTerminal, clock: HandClock) -> None:
    for _ in range(50):
        hub.refusals.note(terminal.id, "bad_signature")
    with hub.database.reading() as session:
        (row,) = session.scalars(select(Refusal)).all()
        assert row.count == 1
    clock.turn(hub.settings.refusal_write_s + 1)
    hub.refusals.note(terminal.id, "bad_signature")
    assert _refused(hub) == {(terminal.id, "bad_signature"): 51}


def test_a_terminal_of_two_years_keeps_its_credential_young(hub: Hub, machine: Machine, clock: HandClock) -> None:
    assert machine.renew() is None
    first = machine.agent.credential()
    assert first is not None
    assert not first.due(clock())
    for _ in range(36):
        clock.turn(21 * 24 * 3600)
        held = machine.agent.credential()
        assert held is not None
        assert held.due(clock())
        assert not held.ended(clock())
        assert machine.renew() is None


def test_an_expired_terminal_within_the_grace_renews_with_its_key_and_drains(
    hub: Hub, machine: Machine, clock: HandClock, people: People
) -> None:
    machine.renew()
    kept = machine.apply(people)
    clock.turn((30 + 59) * 24 * 3600)
    with pytest.raises(HubRefused) as refusal:
        machine.listen()
    assert refusal.value.says("credential_expired")
    assert machine.agent.ack(kept) is None
    assert machine.renew() is None
    machine.drain()
    ack = machine.agent.ack(kept)
    assert ack is not None
    assert ack.status.value == "stored"


def test_a_terminal_away_for_a_year_comes_back_by_a_persons_word_with_all_it_kept(
    hub: Hub, machine: Machine, clock: HandClock, people: People
) -> None:
    machine.renew()
    kept = [machine.apply(people)]
    clock.turn(365 * 24 * 3600)
    kept.append(machine.apply(people))
    before = machine.agent.enrolled()
    code = machine.renew()
    assert code is not None
    assert machine.renew() == code, "asking again changes nothing"
    assert readmit(hub, machine.agent.enrolled().terminal_id, "BBBB-BBBB", "yanshi") == "hub.readmit.wrong"
    with pytest.raises(HubRefused):
        machine.listen()
    assert readmit(hub, before.terminal_id, code.lower().replace("-", " "), "yanshi") is None
    assert machine.renew() is None
    machine.drain()
    machine.listen()
    assert [ack.status.value for one in kept if (ack := machine.agent.ack(one))] == ["stored", "stored"]
    assert machine.agent.enrolled() == before, "the same terminal with the same chain"
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 2


def test_a_code_cannot_be_guessed_and_grows_old(hub: Hub, machine: Machine, clock: HandClock) -> None:
    machine.renew()
    clock.turn(365 * 24 * 3600)
    first, name = machine.renew(), machine.agent.enrolled().terminal_id
    assert first is not None
    for _ in range(hub.settings.reenrol_tries):
        assert readmit(hub, name, "BBBB-BBBB", "yanshi") == "hub.readmit.wrong"
    assert readmit(hub, name, first, "yanshi") == "hub.readmit.nothing"
    second = machine.renew()
    assert second not in (None, first)
    clock.turn(hub.settings.reenrol_hours * 3600 + 1)
    assert readmit(hub, name, str(second), "yanshi") == "hub.readmit.nothing"


def test_a_revoked_terminal_is_refused_keeps_everything_and_may_be_restored(
    hub: Hub, machine: Machine, people: People, tmp_path: Path
) -> None:
    name, kept = machine.agent.enrolled().terminal_id, machine.apply(people)
    database = ("--database", f"sqlite:///{tmp_path / 'hub.db'}")
    run = CliRunner().invoke
    assert run(hub_command, ["terminals", "revoke", name, *database]).exit_code == 0
    for ask in (machine.listen, machine.renew):
        with pytest.raises(HubRefused) as refusal:
            ask()
        assert refusal.value.says("terminal_revoked")
        assert not refusal.value.about_the_content, "nothing is laid aside for that"
    assert machine.agent.ack(kept) is None
    assert _refused(hub) == {(name, "terminal_revoked"): 2}
    assert '"revoked": true' in run(hub_command, ["terminals", "list", "--json", *database]).output
    assert run(hub_command, ["terminals", "restore", name, *database]).exit_code == 0
    machine.drain()
    assert machine.agent.ack(kept) is not None
    unknown = run(hub_command, ["terminals", "revoke", "t-nobody", *database])
    assert (unknown.exit_code, "没有这台终端" in unknown.output) == (1, True)


def test_only_the_hub_itself_can_say_stored(machine: Machine, people: People) -> None:
    genuine: list[httpx.Response] = []
    machine.client._http.event_hooks = {"response": [genuine.append]}
    machine.listen()  # from now on this hub signs
    assert machine.client.least_protocol == 2
    kept = machine.apply(people)
    (event,) = machine.terminal.events_after(0, 5)
    said = {"results": [{"id": kept, "status": "stored"}], "head": None}
    real = machine.client._http

    def lie(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=said)

    def lie_in_old_words(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=said, headers=dict(genuine[0].headers))

    def lay_aside(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"park": True, "retryable": False})

    for liar in (lie, lie_in_old_words, lay_aside):
        machine.client._http = httpx.Client(transport=httpx.MockTransport(liar))
        with pytest.raises(HubUnproven):
            machine.client.send_events(Parcel((event,)))
        machine.client._http.close()
    machine.client._http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(502)))
    with pytest.raises(HubRefused) as between:
        machine.client.send_events(Parcel((event,)))
    assert not between.value.about_the_content
    machine.client._http.close()
    machine.client._http = real
    machine.drain()
    ack = machine.agent.ack(kept)
    assert ack is not None
    assert ack.status.value == "stored"


def test_a_restarted_hub_still_knows_what_it_has_seen(tmp_path: Path, clock: HandClock) -> None:
    first = make_hub(tmp_path, clock)
    with serving(first, decide=False) as url:
        terminal = FakeTerminal.enrolled(first, url, clock)
        path = f"/v1/terminals/{terminal.id}/events"
        headers = terminal.signed("POST", path, b'{"events": []}')
        assert _send(terminal, "POST", path, b'{"events": []}', headers).status_code == 200
    second = make_hub(tmp_path, clock)
    with serving(second, decide=False) as terminal.url:
        assert _send(terminal, "POST", path, b'{"events": []}', headers).status_code == 409
