"""The hub notices a rewritten past, and raises no alarm over an honest terminal whatever the line does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.alarms import contradictions, open_alarms, settle_alarm
from hub.hub import Hub
from hub.tables import Alarm
from offline.wire.batch import HeadReport
from offline.wire.chain import START, Head
from seeds.people import People
from tests.hub.running import LINE, UNTRACED, FakeTerminal, HandClock, make_hub, serving


def _alarms(hub: Hub) -> list[tuple[str, str, int]]:
    with hub.database.reading() as session:
        return sorted((row.chain, row.kind, row.seq) for row in session.scalars(select(Alarm)))


def _beat(terminal: FakeTerminal, clock: HandClock) -> None:
    clock.turn(90)
    assert terminal.beat().status_code == 200


def test_a_terminal_that_goes_on_raises_no_alarm(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    for sent in (True, False, True):
        events = [terminal.event(terminal.application(people["lin-yuelan"])) for _ in range(2)]
        _beat(terminal, clock)
        if sent:
            terminal.send(*events)
        _beat(terminal, clock)
    assert _alarms(hub) == []


def test_an_old_backup_is_noticed_at_its_first_word(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    backup = terminal.head
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    _beat(terminal, clock)
    terminal.head = backup
    _beat(terminal, clock)
    assert _alarms(hub) == [("terminal", "head_back", 1)]
    clock.turn(90)
    result = terminal.send(terminal.event(terminal.application(people["he-guoming"]))).results[0]
    assert result.reason == "chain_fork"
    assert _alarms(hub) == [("terminal", "head_back", 1), ("terminal", "past_rewritten", 2)]


def test_what_somebody_has_looked_into_is_no_news_when_it_comes_again(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    terminal.head = START
    fork = terminal.event(terminal.application(people["he-guoming"]))
    terminal.send(fork)
    clock.turn(60)
    with hub.database.writing() as session:
        assert settle_alarm(session, terminal.id, "terminal", "past_rewritten", "yunwei", clock())
    terminal.send(fork)
    with hub.database.reading() as session:
        assert open_alarms(session, terminal.id) == []
    clock.turn(60)
    terminal.head = START
    terminal.send(terminal.event(terminal.application(people["he-guoming"])))
    with hub.database.reading() as session:
        assert len(open_alarms(session, terminal.id)) == 1


def test_a_record_changed_before_it_was_sent_is_noticed(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    terminal.event(terminal.application(people["lin-yuelan"]))
    _beat(terminal, clock)  # its head is known, the event is not
    terminal.head = START
    other = terminal.event(terminal.application(people["he-guoming"]))
    _beat(terminal, clock)
    assert _alarms(hub) == [("terminal", "head_other", 1)]
    terminal.send(other)
    assert terminal.head.seq == 1


def test_a_rewriting_between_two_words_is_noticed_when_the_events_come(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    terminal.event(terminal.application(people["lin-yuelan"]))
    _beat(terminal, clock)
    terminal.head = START
    events = [terminal.event(terminal.application(people["he-guoming"])) for _ in range(2)]
    terminal.send(*events)
    _beat(terminal, clock)
    assert _alarms(hub) == [("terminal", "past_rewritten", 1)]


def test_a_word_that_was_long_on_its_way_raises_no_alarm(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    path = f"/v1/terminals/{terminal.id}/heartbeats"
    body = terminal.heartbeat()
    late = terminal.signed("POST", path, body)
    clock.turn(100)
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    clock.turn(100)
    assert LINE.post(f"{terminal.url}{path}", content=body, headers=late).status_code == 200
    assert _alarms(hub) == []


def test_the_page_the_overview_and_the_metrics_say_it(
    hub: Hub, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    terminal.head = Head(1, "f" * 64)
    _beat(terminal, clock)
    metrics = LINE.get(f"{terminal.url}/metrics").text
    assert 'zhizhu_hub_terminals_alarmed{kind="head_other"} 1.0' in metrics
    assert 'zhizhu_hub_terminals_alarmed{kind="head_back"} 0.0' in metrics


HASHES = st.sampled_from(["a" * 64, "b" * 64])
HEADS = st.builds(lambda seq, digest: HeadReport(seq=seq, hash=digest), st.integers(1, 4), HASHES)


@given(HEADS, st.none() | HEADS, HEADS, st.none() | HASHES)
def test_every_contradiction_is_found_and_nothing_else(
    said: HeadReport, before: HeadReport | None, hub_head: HeadReport, held: str | None
) -> None:
    found = {one.kind for one in contradictions("terminal", said, before, hub_head, held)}
    back = said.seq < hub_head.seq or (before is not None and said.seq < before.seq)
    other = (before is not None and said.seq == before.seq and said.hash != before.hash) or (
        held is not None and said.hash != held
    )
    assert found == {kind for kind, so in (("head_back", back), ("head_other", other)) if so}


@settings(max_examples=4, deadline=None, phases=UNTRACED)
@given(st.lists(st.sampled_from(["act", "send", "beat", "delayed"]), max_size=10))
def test_no_order_of_honest_words_raises_an_alarm(steps: list[str]) -> None:
    people = People.load()
    with TemporaryDirectory() as folder:
        clock = HandClock()
        hub = make_hub(Path(folder), clock)
        with serving(hub, decide=False) as url:
            terminal = FakeTerminal.enrolled(hub, url, clock)
            path, waiting, delayed = f"/v1/terminals/{terminal.id}/heartbeats", [], list[tuple[bytes, dict[str, str]]]()
            for step in steps:
                clock.at += timedelta(seconds=7)
                match step:
                    case "act":
                        waiting.append(terminal.event(terminal.application(people["lin-yuelan"])))
                    case "send" if waiting:
                        terminal.send(*waiting)
                        waiting.clear()
                    case "beat":
                        assert terminal.beat().status_code == 200
                    case "delayed":
                        body = terminal.heartbeat()
                        delayed.append((body, terminal.signed("POST", path, body)))
            for body, headers in delayed:
                LINE.post(f"{url}{path}", content=body, headers=headers)
            assert _alarms(hub) == []
