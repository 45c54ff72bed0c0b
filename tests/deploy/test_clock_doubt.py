"""A terminal whose clock stands in 1970 or 2099: what is done there is taken, placed and decided rightly."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import select

from hub.clock_doubt import SLACK, kept_window
from hub.decisions import DecisionWorker
from hub.enrolment import new_enrolment_key
from hub.explanation import case_row
from hub.moments import local_day
from hub.tables import Case, InboxEvent, Terminal
from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent
from offline.store import TerminalStore
from offline.wire.claims import new_code
from seeds.catalogue import Catalogue
from seeds.people import People, Person
from tests.conftest import LogWatch
from tests.hub.running import APPLIED, VILLAGE, HandClock, make_hub, serving
from tests.offline.test_clock_doubt import ONE, OTHER, Machine

ITEM = "pension-qualification"


def application(person: Person) -> dict[str, object]:
    """What a witnessed application says."""
    return {
        "item": ITEM,
        "applicant": {"name": person.name, "id_number": person.id_number, "birth": person.birth.isoformat()},
        "acting": {"for": "self"},
        "identity": {
            "level": "card_witnessed",
            "way": "witness",
            "witness": {"name": "吴桂芳", "id_number": "440999197806209044"},
        },
        "terminal_region": VILLAGE,
    }


def drained(agent: Agent, store: TerminalStore) -> None:
    """Turns the agent until the hub has everything; what it has is decided in the same moment."""
    end = monotonic() + 60
    while any(store.agent.ack(event.id) is None for event in store.events_after(0, 10)):
        assert monotonic() < end, "the hub does not take what a doubtful clock dated"
        agent.turn(monotonic())


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(2099, 7, 1, tzinfo=UTC)])
def test_what_a_wrong_clock_dated_is_accepted_placed_and_decided(
    tmp_path: Path, wrong: datetime, logs: LogWatch
) -> None:
    now = datetime.now(UTC)  # the hub's clock is the one its answers carry
    people, clock = People.load(), HandClock(now)
    hub = make_hub(tmp_path, clock)
    key = new_enrolment_key(hub.database, hub.settings, clock, VILLAGE, "示例村委会")
    machine, state_dir = Machine(wrong, ONE, 3000.0), tmp_path / "state"
    with serving(hub, decide=False, tells_time=True) as url:
        config = AgentConfig(
            name="示例村委会", region=VILLAGE, state_dir=state_dir, hub_url=url, enrolment_key=key, deadline_s=10
        )
        agent = Agent.open(config, Event(), clock=machine.clock, read_uptime=machine.uptime)
        enrolment = agent.enrol()
        assert enrolment is not None
        with hub.database.writing() as session:  # it has stood there for a day
            session.get_one(Terminal, enrolment.terminal_id).enrolled_at = now - timedelta(days=1)
        with closing(TerminalStore.open(state_dir, machine.clock, read_uptime=machine.uptime)) as store:
            first = store.keep(APPLIED, application(people["chen-deshui"]), claim_code=new_code())
            machine.boot, machine.seconds, machine.wall = OTHER, 50.0, wrong  # a power cut, and no battery
            second = store.keep(APPLIED, application(people["lin-yuelan"]), claim_code=new_code())
            machine.run(7200)
            agent.close()
            agent = Agent.open(config, Event(), clock=machine.clock, read_uptime=machine.uptime)
            logs.expect("时间相差")  # the first request is signed by the wrong clock; its refusal brings the time
            drained(agent, store)
        agent.close()
        assert DecisionWorker(hub).run_once() == 2
        with hub.database.reading() as session:
            cases = {case.event_id: case for case in session.scalars(select(Case))}
            stored = session.scalars(select(InboxEvent).where(InboxEvent.status == "stored")).all()
            assert {first.id, second.id} <= {event.id for event in stored}
            unplaced, placed = kept_window(cases[first.id]), kept_window(cases[second.id])
            assert (unplaced.how, unplaced.earliest, unplaced.latest) == ("between", now - timedelta(days=1), now)
            assert placed.how == "uptime"
            assert abs(placed.latest - SLACK - (now - timedelta(seconds=7200))) <= timedelta(seconds=1)
            case = cases[second.id]
            assert (case.clock, case.state) == ("unsure", "approved")
            assert case.next_due == Catalogue.load().item(ITEM).next_due(local_day(placed.latest))
            row = case_row(hub, case, session.get_one(Terminal, case.terminal_id))
            assert "时间存疑" in row.clock_doubt
            assert str(wrong.year) in row.clock_doubt
            assert str(wrong.year) not in row.applied
