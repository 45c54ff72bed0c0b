"""The hub changes its keys while terminals are away: everything still opens, and nobody can pretend to be the hub."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from hub.commands import hub as hub_command
from hub.decisions import DecisionWorker
from hub.enrolment import new_enrolment_key
from hub.gateway.sandbox import SandboxSources
from hub.gateway.villages import Villages
from hub.helper_lists import tell_helpers
from hub.hub import Hub, open_hub
from hub.keys import import_key, load_keys, rotate_keys
from hub.tables import Case, InboxEvent
from hub.trouble import KeyTrouble
from offline.projection import Projection, Stage, standing
from offline.store import AgentStore
from offline.sync import HubClient, fetch_changes
from offline.sync.parcel import Parcel
from offline.sync.trouble import HubRefused, HubSilent
from offline.wire.changes import Change
from offline.wire.enrolment import EnrolmentReply
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.statement import KeyStatement, sign_statement
from seeds.people import People
from tests.conftest import LogWatch
from tests.hub.machine import Machine
from tests.hub.running import (
    LINE,
    NOON,
    UNTRACED,
    VILLAGE,
    FakeTerminal,
    HandClock,
    enrolment_body,
    make_hub,
    serving,
)
from tests.hub.stores import Store, both_stores


@both_stores
def test_a_terminal_that_was_away_through_three_rotations_still_drains(
    hub: Hub, machine: Machine, clock: HandClock, people: People, tmp_path: Path
) -> None:
    first = hub.keys.sealing_key_id
    kept = [machine.apply(people)]
    for _ in range(3):
        clock.turn(120 * 24 * 3600)
        rotate_keys(tmp_path, clock())
    kept.append(machine.apply(people))
    assert hub.keys.sealing_key_id != first, "the running hub has noticed"
    machine.drain()
    machine.listen()
    kept.append(machine.apply(people))
    machine.drain()
    with hub.database.reading() as session:
        rows = session.scalars(select(InboxEvent).where(InboxEvent.id.in_(kept)).order_by(InboxEvent.seq)).all()
    assert [row.status for row in rows] == ["stored"] * 3
    assert [row.envelope["zzkey"] for row in rows] == [first, first, hub.keys.sealing_key_id]
    assert machine.agent.enrolled().keys_version == 4
    assert DecisionWorker(hub).run_once() == 3
    machine.listen()
    seen = Projection.open(machine.folder)
    assert {seen.stage(one).stage for one in kept} == {Stage.SETTLED}
    seen.close()


def test_helpers_signed_with_the_new_key_come_after_the_word_on_it(
    hub: Hub, terminal: FakeTerminal, tmp_path: Path, clock: HandClock
) -> None:
    rotate_keys(tmp_path, clock())
    tell_helpers(hub, Villages(hub, SandboxSources(hub)), terminal.id)
    kinds = [one["kind"] for one in terminal.ask("GET", f"/v1/terminals/{terminal.id}/changes").json()["changes"]]
    assert [kind for kind in kinds if kind != "due"] == ["helpers", "keys", "helpers"]


def test_a_terminal_enrolled_after_a_rotation_starts_with_the_new_keys(
    hub: Hub, url: str, clock: HandClock, tmp_path: Path, people: People
) -> None:
    rotate_keys(tmp_path, clock())
    with Machine.enrolled(hub, url, clock, tmp_path / "late") as late:
        assert late.agent.enrolled().keys_version == 2
        assert late.agent.enrolled().sealing_public == hub.keys.sealing_public
        late.listen()
        assert late.agent.helpers(), "the list was signed with the key it knows"
        late.apply(people)
        late.drain()
        assert not late.agent.parked()


def test_an_enrolment_repeated_after_a_rotation_still_ends_in_a_valid_list(
    hub: Hub, url: str, clock: HandClock, tmp_path: Path, logs: LogWatch
) -> None:
    logs.expect("a change of the hub was not understood")  # the first list, and the word on keys it began with
    key, signing = new_enrolment_key(hub.database, hub.settings, clock, VILLAGE, "x"), new_signing_key()
    LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, signing))  # the answer is lost
    rotate_keys(tmp_path, clock())
    again = EnrolmentReply.model_validate(LINE.post(f"{url}/v1/enrolments", json=enrolment_body(key, signing)).json())
    assert again.hub_keys_version == 2
    agent = AgentStore.open(tmp_path / "again")
    agent.enrol(again, VILLAGE, clock())
    client = HubClient.open(url, signing, terminal_id=again.terminal_id, clock=clock)
    while fetch_changes(agent, client, clock()).more:
        clock.turn(0.01)
    assert agent.helpers()
    client.close()
    agent.close()


def test_forged_and_older_statements_are_refused_by_the_terminal(
    hub: Hub, machine: Machine, clock: HandClock, tmp_path: Path
) -> None:
    rotate_keys(tmp_path, clock())
    machine.listen()
    known = machine.agent.enrolled()
    thief = new_signing_key()
    forged = sign_statement(thief, KeyStatement.of(3, clock(), known.sealing_public, signing_public(thief)))
    replayed = hub.keys.statements_after(1)[0]
    changes = [Change(n=99, kind="keys", body=forged), Change(n=100, kind="keys", body=dict(replayed))]
    refused = machine.agent.accept(100, changes, clock())
    assert ["不是本中枢签的" in refused[0], "没有采用" in refused[1]] == [True, True]
    assert machine.agent.enrolled() == known


def test_a_lost_key_is_taken_back_from_a_copy(
    hub: Hub, machine: Machine, clock: HandClock, people: People, tmp_path: Path
) -> None:
    machine.apply(people)
    copy = tmp_path / "copy.key"
    copy.write_bytes(hub.keys.sealing_private)
    elsewhere = tmp_path / "elsewhere"
    rotate_keys(elsewhere, clock())
    other = load_keys(elsewhere)
    (event,) = machine.terminal.events_after(0, 1)
    assert other.sealing_private_of(event.key_id) is None
    assert import_key(elsewhere, copy, clock()) is not None
    assert import_key(elsewhere, copy, clock()) is None, "twice does no harm"
    assert other.unseal_event(event)["item"] == "pension-qualification"
    assert (other.version, other.sealing_key_id != event.key_id) == (2, True), "it only opens"
    rotate_keys(elsewhere, clock())
    assert other.ring.pair(2)[0].id == rotate_keys(elsewhere, clock()).sealing[2].id


def test_a_ring_that_does_not_fit_its_keys_is_told(tmp_path: Path, clock: HandClock) -> None:
    ring = rotate_keys(tmp_path, clock())
    (tmp_path / "keys" / ring.sealing[0].file).write_bytes(b"x" * 32)
    with pytest.raises(KeyTrouble, match="损坏"):
        load_keys(tmp_path)


def test_the_commands_rotate_and_list_without_showing_a_key(tmp_path: Path) -> None:
    run = CliRunner().invoke
    state = ("--state", str(tmp_path))
    assert run(hub_command, ["keys", "list", *state]).exit_code == 0
    rotated = run(hub_command, ["keys", "rotate", *state])
    assert (rotated.exit_code, "第 2 版" in rotated.output) == (0, True)
    listed = run(hub_command, ["keys", "list", "--json", *state]).output
    for file in (tmp_path / "keys").glob("*.key"):
        assert file.stat().st_mode & 0o077 == 0
        assert file.read_bytes().hex() not in listed
    short = tmp_path / "short.key"
    short.write_bytes(b"x")
    assert run(hub_command, ["keys", "import", str(short), *state]).exit_code == 1


class Rotations(RuleBasedStateMachine):
    """Acts, deliveries, hearings, crashes of the agent and rotations in any order."""

    @initialize()
    def begin(self) -> None:
        """A hub and a machine."""
        self._folder = TemporaryDirectory()
        self.root, self.clock, self.people = Path(self._folder.name), HandClock(NOON), People.load()
        self.hub = make_hub(self.root, self.clock)
        self._serving = serving(self.hub, decide=False)
        self._machine = Machine.enrolled(self.hub, self._serving.__enter__(), self.clock, self.root / "terminal")
        self.machine, self.kept, self.rotations = self._machine.__enter__(), [self.hub.keys.sealing_key_id][:0], 0

    @rule()
    def act(self) -> None:
        """A resident applies."""
        self.kept.append(self.machine.apply(self.people))

    @rule()
    def drain(self) -> None:
        """The outbox is emptied."""
        self.machine.drain()
        with self.hub.database.reading() as session:
            stored = set(session.scalars(select(InboxEvent.id).where(InboxEvent.status == "stored")))
        assert stored == set(self.kept)

    @rule()
    def listen(self) -> None:
        """The feed is read to its end."""
        self.machine.listen()
        assert self.machine.agent.enrolled().sealing_public == self.hub.keys.sealing_public

    @precondition(lambda self: self.rotations < 4)
    @rule(days=st.integers(1, 400))
    def rotate(self, days: int) -> None:
        """The hub changes its keys, and time passes."""
        self.clock.at += timedelta(days=days)
        rotate_keys(self.root, self.clock())
        self.rotations += 1

    @rule()
    def crash(self) -> None:
        """The agent dies and starts again."""
        self.machine.agent.close()
        self.machine.agent = AgentStore.open(self.machine.folder)

    @invariant()
    def nothing_is_parked_or_doubled(self) -> None:
        """Every act that arrived has exactly one case."""
        if not hasattr(self, "machine"):
            return
        with self.hub.database.reading() as session:
            cases = session.scalar(select(func.count()).select_from(Case))
            events = session.scalar(select(func.count()).select_from(InboxEvent))
        assert cases == events
        assert not self.machine.agent.parked()

    def teardown(self) -> None:
        """Everything closes."""
        if hasattr(self, "_machine"):
            self._machine.__exit__(None, None, None)
            self._serving.__exit__(None, None, None)
            self._folder.cleanup()


TestRotations = Rotations.TestCase
TestRotations.settings = settings(max_examples=3, stateful_step_count=10, deadline=None, phases=UNTRACED)


def test_a_replica_whose_keys_were_not_copied_yet_takes_nothing_from_who_knows_the_new_ones(
    hub: Hub, store: Store, machine: Machine, clock: HandClock, people: People, tmp_path: Path
) -> None:
    late = tmp_path / "late"
    copytree(store.folder / "keys", late / "keys")
    rotate_keys(store.folder, clock())
    machine.listen()
    kept = machine.apply(people)
    behind = open_hub(store.url, late, hub.settings, clock)
    store.opened.append(behind.database.close)
    with serving(behind, decide=False) as url:
        machine.client._base = url
        with pytest.raises((HubSilent, HubRefused)):
            machine.listen()
        (event,) = machine.terminal.events_after(0, 10)
        clock.turn(1)
        with pytest.raises((HubSilent, HubRefused)):
            machine.client.send_events(Parcel((event,)))
    with hub.database.reading() as session:
        assert session.get(InboxEvent, (event.source, kept)) is None, "not laid aside for want of a key"
    machine.client._base = machine.url
    machine.drain()
    assert standing(machine.agent, kept).stage is Stage.SENT


def test_a_hub_that_has_terminals_makes_itself_no_other_keys(hub: Hub, store: Store, terminal: FakeTerminal) -> None:
    assert terminal.beat().status_code == 200
    with pytest.raises(KeyTrouble, match=r"hub_index\.key"):
        open_hub(store.url, store.folder / "elsewhere", hub.settings)
    keys = store.folder / "keys"
    (keys / "hub_signing.key").rename(keys / "away")
    with pytest.raises(KeyTrouble, match=r"hub_signing\.key"):
        open_hub(store.url, store.folder, hub.settings)
    assert not (keys / "hub_signing.key").exists()
