"""Over real HTTP: everything kept arrives once, whatever the line and the hub do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from offline.keys import signing_key
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync import Ahead, Drained, HubClient, Pace, drain_once, fetch_changes
from offline.sync.trouble import HubRefused, HubSilent
from offline.wire.chain import Head, check
from offline.wire.event import Envelope
from tests.offline.ground import APPLIED, ITEM, NUMBER, enrol
from tests.offline.http_hub import Answer, HttpHub


@dataclass
class Line:
    """A terminal, its agent, the hub, and the client between them."""

    hub: HttpHub
    terminal: TerminalStore
    view: TerminalView
    agent: AgentStore
    client: HubClient

    def keep(self, count: int) -> list[str]:
        """Some acts of residents."""
        return [self.terminal.keep(APPLIED, {"item": ITEM}).id for _ in range(count)]

    def drain(self, pace: Pace, ahead: Ahead | None = None, held: frozenset[int] = frozenset()) -> Drained:
        """One step."""
        now = datetime.now(UTC)
        return drain_once(self.agent, self.view, self.client, pace, now=now, chance=Random(1), held=held, ahead=ahead)

    def drain_all(self, pace: Pace | None = None, steps: int = 60) -> list[Drained]:
        """Steps until nothing is left; the waits are not waited."""
        done = [self.drain(pace or Pace())]
        while done[-1].more:
            assert len(done) < steps, done
            done.append(self.drain(done[-1].pace, done[-1].ahead))
        return done


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with HttpHub() as hub:
        enrol(tmp_path, hub.keys)
        private = signing_key(tmp_path)
        hub.know(private)
        client = HubClient.open(hub.url, private, terminal_id="t-0001", deadline_s=2.0)
        terminal, view, agent = TerminalStore.open(tmp_path), TerminalView.open(tmp_path), AgentStore.open(tmp_path)
        yield Line(hub, terminal, view, agent, client)
        client.close()
        for store in (view, terminal, agent):
            store.close()


def test_everything_kept_arrives_once_and_in_order(line: Line) -> None:
    ids = line.keep(7)
    line.drain_all(Pace(batch=3))
    assert line.hub.deliveries == ids
    assert isinstance(check(line.hub.stored.values()), Head)
    assert line.agent.drained_to() == 7
    assert not line.drain(Pace()).more


def test_the_next_batch_is_made_ready_while_the_hub_answers_and_goes_only_after_that(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = line.keep(7)
    step = line.drain(Pace(batch=2))
    assert line.hub.deliveries == ids[:2]
    assert step.ahead is not None
    assert [event.id for event in step.ahead.parcel.events] == ids[2:6]
    read_after, read = list[int](), line.view.events_after

    def watched(seq: int, limit: int) -> tuple[Envelope, ...]:
        read_after.append(seq)
        return read(seq, limit)

    monkeypatch.setattr(line.view, "events_after", watched)
    assert line.drain(step.pace, step.ahead).sent == 4
    assert line.hub.deliveries == ids[:6]
    assert min(read_after) == 6  # what was ready was not read again


@pytest.mark.parametrize("trouble", ["refused", "parked", "not_now", "held"])
def test_what_was_made_ready_for_nothing_is_left_and_order_stays(line: Line, trouble: str) -> None:
    ids = line.keep(6)
    line.hub.park = {2} if trouble == "parked" else set()
    take = line.hub._take
    if trouble == "not_now":
        line.hub._take = lambda untrusted: take(untrusted[:1])  # type: ignore[method-assign]
    elif trouble == "refused":
        line.hub.unkind = lambda _method, _path: (503, {}, {"status": 503})
    step = line.drain(Pace(batch=2), held=frozenset({3}) if trouble == "held" else frozenset())
    line.hub._take = take  # type: ignore[method-assign]
    line.hub.unkind = lambda _method, _path: None
    steps = [step]
    while steps[-1].more:
        steps.append(line.drain(steps[-1].pace, steps[-1].ahead))
    assert line.hub.deliveries == ids
    assert line.agent.drained_to() == 6


def test_batches_travel_packed_once_the_hub_has_said_that_it_takes_them(line: Line) -> None:
    ids = line.keep(6)
    line.hub.takes_gzip = True
    line.drain_all(Pace(batch=2))
    assert line.hub.deliveries == ids
    assert line.hub.codings == [None, "gzip"]


@pytest.mark.parametrize("status", [400, 415])
def test_a_hub_that_no_longer_understands_the_packing_gets_it_plain_and_nothing_is_laid_aside(
    line: Line, status: int
) -> None:
    line.hub.takes_gzip = True
    first = line.keep(1)
    line.drain_all()
    line.hub.takes_gzip, line.hub.refuse_packed = False, (status, {}, {"status": status, "park": True})
    second = line.keep(3)
    assert line.drain_all()[0].trouble is None
    assert line.hub.deliveries == [*first, *second]
    assert line.hub.codings == [None, "gzip", None]
    assert line.agent.parked() == ()


def test_a_line_cut_after_the_hub_stored_gives_duplicates_and_no_loss(line: Line) -> None:
    ids = line.keep(3)
    line.hub.hang_up_after_storing = 2
    steps = line.drain_all()
    assert isinstance(steps[0].trouble, HubSilent)
    assert steps[0].wait_s > 0
    assert list(line.hub.stored) == ids
    acks = [line.agent.ack(identifier) for identifier in ids]
    assert {ack.status.value for ack in acks if ack is not None} == {"duplicate"}


def test_a_parked_event_is_laid_aside_and_the_rest_goes_on(line: Line) -> None:
    ids = line.keep(5)
    line.hub.park = {2}
    line.drain_all()
    assert [parked.id for parked in line.agent.parked()] == [ids[1]]
    assert list(line.hub.stored) == [ids[0], *ids[2:]]
    assert line.agent.drained_to() == 5


def test_one_event_that_spoils_a_whole_batch_is_found_and_laid_aside(line: Line) -> None:
    ids = line.keep(6)
    bad = ids[3]
    take = line.hub._take

    def refuse(untrusted: list[object]) -> Answer:
        if any(isinstance(event, dict) and event["id"] == bad for event in untrusted):
            return 422, {}, {"status": 422, "title": "unprocessable", "retryable": False}
        return take(untrusted)

    line.hub._take = refuse  # type: ignore[method-assign]
    line.drain_all()
    assert [parked.id for parked in line.agent.parked()] == [bad]
    assert set(line.hub.stored) == set(ids) - {bad}


def test_too_large_a_batch_is_halved_and_nothing_is_laid_aside(line: Line) -> None:
    ids = line.keep(8)
    take = line.hub._take

    def full(untrusted: list[object]) -> Answer:
        return take(untrusted) if len(untrusted) <= 2 else (413, {}, {"status": 413})

    line.hub._take = full  # type: ignore[method-assign]
    line.drain_all()
    assert list(line.hub.stored) == ids
    assert line.agent.parked() == ()


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_refusal_that_is_not_about_the_event_never_lays_it_aside(line: Line, status: int) -> None:
    line.keep(1)
    line.hub.unkind = lambda _method, _path: (status, {}, {"status": status, "retryable": False})
    step = line.drain(Pace())
    assert isinstance(step.trouble, HubRefused)
    assert step.wait_s > 0
    assert line.agent.parked() == ()
    line.hub.unkind = lambda _method, _path: None
    line.drain_all()
    assert len(line.hub.stored) == 1


def test_retry_after_is_obeyed(line: Line) -> None:
    line.keep(1)
    line.hub.unkind = lambda _method, _path: (503, {"Retry-After": "120"}, {"status": 503})
    assert 120 <= line.drain(Pace()).wait_s <= 132


@pytest.mark.parametrize(
    ("after", "least", "most"),
    [
        ("Mon, 23 Nov 2026 04:02:00 GMT", 120.0, 132.0),
        ("Mon, 23 Nov 2026 03:00:00 GMT", 0.0, 1.0),
        ("tomorrow", 30.0, 33.0),
    ],
)
def test_a_retry_after_that_is_a_date_counts_from_the_hubs_own(
    line: Line, after: str, least: float, most: float
) -> None:
    line.keep(1)
    headers = {"Retry-After": after, "Date": "Mon, 23 Nov 2026 04:00:00 GMT"}
    line.hub.unkind = lambda _method, _path: (503, headers, {"status": 503, "retry_after": 30})
    assert least <= line.drain(Pace()).wait_s <= most


@pytest.mark.parametrize(
    "said", [{"results": "no"}, {"results": [{"id": "x", "status": "lost"}]}, {"results": []}, {"results": [{}]}]
)
def test_an_answer_that_makes_no_sense_leaves_everything_waiting(line: Line, said: dict[str, object]) -> None:
    line.keep(2)
    line.hub.unkind = lambda _method, _path: (200, {}, said)
    assert line.drain(Pace()).wait_s > 0
    assert line.agent.done_count() == 0


def test_a_hub_that_is_not_there_is_a_silence(line: Line, tmp_path: Path) -> None:
    line.keep(1)
    away = HubClient.open("http://127.0.0.1:1", signing_key(tmp_path), terminal_id="t-0001")
    step = drain_once(line.agent, line.view, away, Pace(), now=datetime.now(UTC), chance=Random(1))
    assert isinstance(step.trouble, HubSilent)
    away.close()


def test_an_endless_answer_ends_at_its_bound(line: Line) -> None:
    line.hub.unkind = lambda _method, _path: (200, {}, {"results": [], "noise": "x" * (5 * 1024 * 1024)})
    line.keep(1)
    assert isinstance(line.drain(Pace()).trouble, HubSilent)


def test_a_terminal_with_a_wrong_clock_is_let_in_after_hearing_the_hubs_time(line: Line, tmp_path: Path) -> None:
    line.keep(1)
    lost = HubClient.open(
        line.hub.url, signing_key(tmp_path), terminal_id="t-0001", clock=lambda: datetime.now(UTC) - timedelta(days=400)
    )
    first = drain_once(line.agent, line.view, lost, Pace(), now=datetime.now(UTC), chance=Random(1))
    assert isinstance(first.trouble, HubRefused)
    second = drain_once(line.agent, line.view, lost, first.pace, now=datetime.now(UTC), chance=Random(1))
    assert second.sent == 1
    assert lost.skew_s > 399 * 86400
    lost.close()


def test_changes_are_fetched_once_and_applied_with_their_cursor(line: Line) -> None:
    subject = line.terminal.subject_of(NUMBER)
    line.hub.changes.append({"n": 1, "kind": "due", "body": {"subject": subject, "item": ITEM, "month": "2026-12"}})
    assert fetch_changes(line.agent, line.client, datetime.now(UTC)).count == 1
    assert line.agent.dues(subject) == ((ITEM, "2026-12"),)
    assert fetch_changes(line.agent, line.client, datetime.now(UTC)).count == 0
    assert line.agent.cursor() == 1
