"""What a doubtful clock dated lies where the hub says, and the benefit of the doubt is the resident's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hub.clock_doubt import SLACK, Seen, kept_window, note_start, window
from hub.decisions import DecisionWorker
from hub.explanation import case_row, explain
from hub.hub import Hub
from hub.moments import local_day, local_text
from hub.tables import BootSeen, Case, Terminal
from offline.wire.batch import HeadReport
from offline.wire.chain import START
from offline.wire.heartbeat import Heartbeat, OutboxReport, TerminalStatus
from offline.wire.uptime import Uptime
from seeds.people import People
from tests.hub.running import NOON, FakeTerminal, HandClock, moved
from tests.offline.test_clock_doubt import WALLS

LATENCY: Final = st.floats(0, 60)


def boot(number: int) -> str:
    """The name of a start."""
    return f"00000000-0000-4000-8000-{number:012d}"


@dataclass
class Truth:
    """A terminal's life as it really was."""

    now: datetime = NOON
    start: int = 0
    began: datetime = NOON
    seq: int = 0
    made: list[tuple[int, Uptime, datetime]] = field(default_factory=list)
    starts: dict[str, Seen] = field(default_factory=dict)

    def up(self) -> Uptime:
        """How long the machine has been running."""
        return Uptime(boot=boot(self.start), seconds=(self.now - self.began).total_seconds())


STEPS: Final = st.lists(
    st.tuples(st.sampled_from(["act", "beat", "start"]), st.floats(0, 4 * 86_400), LATENCY), min_size=1, max_size=25
)


@given(STEPS, WALLS, st.floats(0, 30 * 86_400))
def test_the_truth_lies_in_the_window_whatever_the_clock_said(
    steps: list[tuple[str, float, float]], said: datetime, later_s: float
) -> None:
    truth = Truth()
    for step, gone_s, latency_s in steps:
        truth.now += timedelta(seconds=gone_s)
        match step:
            case "act":
                truth.seq += 1
                truth.made.append((truth.seq, truth.up(), truth.now))
            case "beat":
                up, seq = truth.up(), truth.seq
                truth.now += timedelta(seconds=latency_s)
                truth.starts[up.boot] = Seen(up.boot, truth.now - timedelta(seconds=up.seconds), truth.now, seq)
            case _:
                truth.start, truth.began = truth.start + 1, truth.now
    received = truth.now + timedelta(seconds=later_s)
    for seq, up, made in truth.made:
        found = window(
            said,
            "unsure",
            received,
            seq=seq,
            after=NOON,
            starts=truth.starts.values(),
            up=up,
        )
        assert found.earliest <= made <= found.latest <= received
        assert local_day(found.earliest) <= local_day(made) <= local_day(found.latest)
        if up.boot in truth.starts:
            assert found.how == "uptime"
            assert found.latest - found.earliest <= 2 * SLACK


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_trusted_clock_is_taken_at_its_word_unless_it_is_impossible(ahead: timedelta) -> None:
    before = window(NOON - ahead, "trusted", NOON, seq=1, after=NOON - ahead)
    assert (before.earliest, before.latest, before.how) == (NOON - ahead, NOON - ahead, "clock")
    impossible = window(NOON + SLACK + ahead + timedelta(seconds=1), "trusted", NOON, seq=1, after=NOON)
    assert (impossible.latest, impossible.how) == (NOON, "between")


def beat(seq: int, up: Uptime) -> Heartbeat:
    """A heartbeat that tells the running time."""
    return Heartbeat(
        terminal="t",
        at=NOON,
        status=TerminalStatus(screen="alive"),
        outbox=OutboxReport(waiting=0, head=HeadReport(seq=seq, hash=START.hash)),
        agent_head=HeadReport(seq=0, hash=START.hash),
        uptime=up,
        software="",
    )


def test_only_the_last_starts_are_remembered(hub: Hub, terminal: FakeTerminal) -> None:
    for number in range(12):
        with hub.database.writing() as session:
            row = session.get_one(Terminal, terminal.id)
            for minute in range(3):  # a start is one row, however often it is heard
                at = NOON + timedelta(hours=number, minutes=20 * minute)
                note_start(session, row, beat(number, Uptime(boot=boot(number), seconds=60.0)), at, 5)
    with hub.database.reading() as session:
        kept = session.scalars(select(BootSeen).order_by(BootSeen.heard_at)).all()
        assert [one.boot for one in kept] == [boot(number) for number in range(7, 12)]
        assert kept[-1].began_at == kept[-1].heard_at - timedelta(seconds=60)


def test_a_deadline_goes_by_the_earliest_and_the_next_year_by_the_latest(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    """Made at the end of November under a clock in 1970, after the machine was started anew; it comes in December."""
    clock.turn(7 * 86_400)  # the last word before: 30 November
    with hub.database.writing() as session:
        last = beat(0, Uptime(boot=boot(1), seconds=10.0))
        note_start(session, session.get_one(Terminal, terminal.id), last, clock(), 5)
    payload = terminal.application(people["lin-yuelan"]) | {"uptime": {"boot": boot(2), "seconds": 40.0}}
    event = moved(terminal.event(payload), time=datetime(1970, 1, 1, tzinfo=UTC), clock="unsure")
    clock.turn(3 * 86_400)
    assert terminal.send(event).results[0].status.value == "stored"
    assert DecisionWorker(hub).run_once() == 1
    with hub.database.reading() as session:
        (case,) = session.scalars(select(Case)).all()
        found = kept_window(case)
        assert (local_day(found.earliest).isoformat(), local_day(found.latest).isoformat()) == (
            "2026-11-30",
            "2026-12-03",
        )
        assert (case.state, case.next_due) == ("approved", "2027-12")
        row = case_row(hub, case, session.get_one(Terminal, terminal.id))
        assert "时间存疑" in row.clock_doubt
        assert "1970-01-01" in row.clock_doubt
        assert row.applied.startswith("2026-12-03")
        inputs = {one.source: one.value for one in explain(session, hub, case).inputs}
        assert inputs["applied_on"] == "2026-11-30"


def test_a_reading_that_is_none_costs_nobody_anything(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    payload = terminal.application(people["lin-yuelan"]) | {"uptime": {"boot": "../../etc", "seconds": "nan"}}
    clock.turn(60)
    assert terminal.send(moved(terminal.event(payload), clock="unsure")).results[0].status.value == "stored"
    DecisionWorker(hub).run_once()
    with hub.database.reading() as session:
        (case,) = session.scalars(select(Case)).all()
        assert (case.state, kept_window(case).how) == ("approved", "between")


def test_a_moment_at_the_very_end_of_the_calendar_is_shown_and_breaks_no_page() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert (local_text(last), local_day(last).year) == ("9999-12-31 23:59", 9999)
