"""What was laid aside is taken up again when its cause is mended: once, and the terminal hears of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from hub.commands import hub as hub_command
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.keys import import_key
from hub.replay import Replayed, parked_events, replay
from hub.staff import add_staff
from hub.tables import Case, InboxEvent
from offline.projection import Stage, standing
from offline.wire.parking import REASONS, explained
from offline.wire.sealing import new_private, public_of
from seeds.people import People
from tests.hub.machine import Machine
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import NOON, UNTRACED, FakeTerminal, HandClock, make_hub, serving
from tests.hub.stores import both_stores


def _cases(hub: Hub) -> int:
    with hub.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def _sealed_to_a_lost_key(machine: Machine, people: People) -> tuple[str, bytes]:
    """An application sealed to a key that this hub's ring has lost."""
    lost = new_private()
    known = machine.terminal.agent.enrolled()
    machine.terminal.agent._enrolment = replace(known, sealing_public=public_of(lost))
    kept = machine.apply(people)
    machine.terminal.agent._enrolment = None
    return kept, lost


@both_stores
def test_an_event_of_a_lost_key_is_taken_up_after_the_key_is_found(
    hub: Hub, machine: Machine, people: People, tmp_path: Path, clock: HandClock
) -> None:
    kept, lost = _sealed_to_a_lost_key(machine, people)
    after = machine.apply(people)
    machine.drain()
    assert standing(machine.agent, kept).stage is Stage.PARKED
    assert standing(machine.agent, after).stage is Stage.SENT, "it held up nobody"
    source = machine.agent.enrolled().source
    assert replay(hub, source, kept, "test") == Replayed("still", "unknown_key")
    (tmp_path / "found.key").write_bytes(lost)
    import_key(tmp_path, tmp_path / "found.key", clock())
    assert replay(hub, source, kept, "test") == Replayed("stored")
    assert replay(hub, source, kept, "test") == Replayed("nothing"), "and never again"
    assert _cases(hub) == 2
    machine.listen()
    assert standing(machine.agent, kept).stage is Stage.SENT
    assert machine.agent.parked() == ()
    assert machine.agent.verify() == machine.agent.head(), "the agent has written it down"
    assert DecisionWorker(hub).run_once() == 2
    machine.listen()
    assert standing(machine.agent, kept).stage is Stage.SETTLED


def test_an_item_the_catalogue_did_not_know_is_taken_up_after_its_update(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    catalogue = hub.catalogue
    object.__setattr__(hub, "catalogue", replace(catalogue, items=()))
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    assert terminal.send(event).results[0].reason == "unknown_type"
    assert replay(hub, event.source, event.id, "test").outcome == "still"
    object.__setattr__(hub, "catalogue", catalogue)
    assert replay(hub, event.source, event.id, "test").outcome == "stored"
    assert terminal.changes()["event"] == [{"event_id": event.id, "status": "stored"}]
    assert terminal.send(event).results[0].status.value == "duplicate"
    assert _cases(hub) == 1


def test_a_record_nobody_could_read_goes_through_the_door_again(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    newer = event.to_json() | {"zzlater": "x"}
    terminal.send(newer)
    with hub.database.reading() as session:
        (row,) = parked_events(session, 10)
    assert replay(hub, row.source, row.id, "test").outcome == "still"
    with hub.database.writing() as session:  # as if this program had learnt to read it
        session.get_one(InboxEvent, (row.source, row.id)).envelope = {"raw": event.to_json()}
    assert replay(hub, row.source, row.id, "test").outcome == "stored"
    assert replay(hub, row.source, row.id, "test").outcome == "nothing"
    assert terminal.changes()["event"] == [{"event_id": event.id, "status": "stored"}]
    assert _cases(hub) == 1


@both_stores
def test_what_a_restored_backup_sent_can_be_taken_up_by_who_has_looked_into_it(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    terminal.head = type(terminal.head)(0, "0" * 64)
    other = terminal.event(terminal.application(people["he-guoming"]))
    assert terminal.send(other).results[0].reason == "chain_fork"
    assert replay(hub, other.source, other.id, "test").outcome == "stored"
    assert _cases(hub) == 2
    with hub.database.reading() as session:
        assert session.get_one(InboxEvent, (other.source, other.id)).position == "broken"


def test_the_commands_list_and_take_up(
    hub: Hub, machine: Machine, people: People, tmp_path: Path, clock: HandClock
) -> None:
    kept, lost = _sealed_to_a_lost_key(machine, people)
    machine.drain()
    place = ("--database", f"sqlite:///{tmp_path / 'hub.db'}")
    run = CliRunner().invoke
    listed = run(hub_command, ["parked", "list", *place])
    assert (listed.exit_code, "密钥环" in listed.output, kept in listed.output) == (1, True, True)
    (row,) = json.loads(run(hub_command, ["parked", "list", "--json", *place]).output)
    assert (row["id"], row["reason"]) == (kept, "unknown_key")
    taken = ("parked", "replay", "--state", str(tmp_path), *place)
    assert run(hub_command, [*taken]).exit_code == 2
    still = run(hub_command, [*taken, kept])
    assert (still.exit_code, "仍然搁置" in still.output) == (1, True)
    (tmp_path / "found.key").write_bytes(lost)
    found = run(hub_command, ["keys", "import", str(tmp_path / "found.key"), "--state", str(tmp_path)])
    assert found.exit_code == 0
    assert run(hub_command, [*taken, "--reason", "unknown_key"]).exit_code == 0
    assert run(hub_command, [*taken, kept]).exit_code == 1, "it is not parked any more"
    assert run(hub_command, ["parked", "list", *place]).exit_code == 0
    assert _cases(hub) == 1


def test_an_operator_takes_it_up_in_the_console(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    add_staff(hub.database, clock, "yunwei", "operator", "0" * 12, PASSWORD)
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    broken = replace(event, prev="f" * 64)
    terminal.send(broken)
    with signed_in(url, "yunwei") as browser:
        page = browser.get(f"/console/terminals/{terminal.id}")
        assert REASONS["chain_broken"].sentence in page.text
        form = {"csrf": csrf_of(page), "event_id": event.id}
        assert "已重放" in browser.post(f"/console/terminals/{terminal.id}/parked", data=form).text
        assert "没有被搁置" in browser.post(f"/console/terminals/{terminal.id}/parked", data=form).text
    assert _cases(hub) == 1


def test_every_reason_is_explained_with_what_to_do() -> None:
    for code, why in REASONS.items():
        assert explained(f"{code}: x") == why
        assert why.sentence.endswith("。")
        assert why.advice.endswith("。")
    assert explained("").advice


class Parking(RuleBasedStateMachine):
    """Good and unreadable acts, deliveries, hearings and replays in any order."""

    @initialize()
    def begin(self) -> None:
        """A hub, a machine, and a key that the hub has lost."""
        self._folder = TemporaryDirectory()
        self.root, self.clock, self.people = Path(self._folder.name), HandClock(NOON), People.load()
        self.hub = make_hub(self.root, self.clock)
        self._serving = serving(self.hub, decide=False)
        self._machine = Machine.enrolled(self.hub, self._serving.__enter__(), self.clock, self.root / "terminal")
        self.machine = self._machine.__enter__()
        self.good, self.lost = list[str](), dict[str, bytes]()
        self.found = set[str]()

    @rule()
    def act(self) -> None:
        """A resident applies."""
        self.good.append(self.machine.apply(self.people))

    @rule()
    def act_with_a_lost_key(self) -> None:
        """A resident applies, sealed to a key nobody has."""
        kept, key = _sealed_to_a_lost_key(self.machine, self.people)
        self.lost[kept] = key

    @rule()
    def drain(self) -> None:
        """The outbox is emptied."""
        self.machine.drain()

    @rule()
    def listen(self) -> None:
        """The feed is read to its end."""
        self.machine.listen()

    @rule(data=st.data())
    def find_a_key(self, data: st.DataObject) -> None:
        """Somebody finds one of the lost keys."""
        if hidden := sorted(set(self.lost) - self.found):
            name = data.draw(st.sampled_from(hidden))
            (self.root / "found.key").write_bytes(self.lost[name])
            import_key(self.root, self.root / "found.key", self.clock())
            self.found.add(name)

    @rule()
    def replay_everything(self) -> None:
        """The operator takes everything up that was laid aside."""
        with self.hub.database.reading() as session:
            rows = parked_events(session, 100)
        for row in rows:
            outcome = replay(self.hub, row.source, row.id, "test").outcome
            assert outcome == ("stored" if row.id in self.found else "still")

    @invariant()
    def each_act_has_at_most_one_case_and_none_without_its_key(self) -> None:
        """No effect twice, none invented."""
        if not hasattr(self, "machine"):
            return
        with self.hub.database.reading() as session:
            cases = list(session.scalars(select(Case.event_id)))
            stored = set(session.scalars(select(InboxEvent.id).where(InboxEvent.status == "stored")))
        assert len(cases) == len(set(cases))
        assert set(cases) == stored
        assert stored <= set(self.good) | set(self.lost)

    def teardown(self) -> None:
        """In the end everything whose key was found has its case, and the terminal knows."""
        if not hasattr(self, "_machine"):
            return
        self.drain()
        self.replay_everything()
        self.listen()
        assert {one.id for one in self.machine.agent.parked()} == set(self.lost) - self.found
        assert _cases(self.hub) == len(self.good) + len(self.found)
        self._machine.__exit__(None, None, None)
        self._serving.__exit__(None, None, None)
        self._folder.cleanup()


TestParking = Parking.TestCase
TestParking.settings = settings(max_examples=3, stateful_step_count=10, deadline=None, phases=UNTRACED)
