"""The agent against a small hub over real HTTP: enrols once, drains, listens, beats, and survives silence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic, time

import pytest

from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent, EnrolmentRefused
from offline.carry import Applied, SpoolTrouble
from offline.pictures import FOLDER
from offline.projection import Projection, Stage
from offline.store import AgentStore, AgentView, TerminalStore
from offline.trouble import (
    AlreadyWriting,
    DiskFault,
    DiskFull,
    NotEnrolled,
    OfflineTrouble,
    StoreInDoubt,
    StoreLocked,
)
from offline.wire.attachment import seal_attachment
from tests.conftest import LogWatch
from tests.offline.ground import APPLIED, ITEM, NUMBER, REGION
from tests.offline.http_hub import Answer, HttpHub

KEY = "one-off-key-0001"
LATER_S = 60.0


@pytest.fixture
def hub() -> Iterator[HttpHub]:
    with HttpHub() as hub:
        yield hub


def config(hub: HttpHub, state_dir: Path, **more: object) -> AgentConfig:
    """Quick settings for a test."""
    told = {
        "name": "示例村终端",
        "region": REGION,
        "state_dir": state_dir,
        "hub_url": hub.url,
        "enrolment_key": KEY,
        "heartbeat_s": 0.3,
        "changes_s": 0.3,
        "changes_soon_s": 0.1,
        "poll_s": 0.05,
        "longest_wait_s": 1.0,
        "deadline_s": 5.0,
    }
    return AgentConfig.model_validate(told | more)


@contextmanager
def running(settings: AgentConfig) -> Iterator[Agent]:
    """An agent at work in a thread of its own."""
    stop, failures = threading.Event(), list[BaseException]()
    agent = Agent.open(settings, stop)

    def work() -> None:
        try:
            agent.run()
        except BaseException as failure:  # noqa: BLE001  (shown by the test below)
            failures.append(failure)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield agent
    finally:
        stop.set()
        thread.join(20)
        agent.close()
    assert not thread.is_alive()
    assert not failures, failures


def test_an_agent_enrols_drains_listens_and_beats(hub: HttpHub, tmp_path: Path) -> None:
    settings = config(hub, tmp_path)
    with running(settings):
        hub.wait(lambda: bool(hub.beats))
        assert [asked["key"] for asked in hub.enrolments] == [KEY]
        terminal = TerminalStore.open(tmp_path)
        kept = terminal.keep(APPLIED, {"item": ITEM})
        hub.wait(lambda: kept.id in hub.stored)
        subject = terminal.subject_of(NUMBER)
        hub.changes += [
            {"n": 1, "kind": "answer", "body": {"event_id": kept.id, "state": "approved", "case_no": "A1"}},
            {"n": 2, "kind": "due", "body": {"subject": subject, "item": ITEM, "month": "2026-12"}},
        ]
        seen = Projection.open(tmp_path)
        hub.wait(lambda: seen.stage(kept.id).stage is Stage.SETTLED)
        hub.wait(lambda: hub.beats[-1]["outbox"]["head"]["seq"] == 1 and hub.beats[-1]["outbox"]["waiting"] == 0)
        hub.wait(lambda: hub.beats[-1]["agent_head"]["seq"] == 2)  # it was enrolled, and it believes its clock
        beat = hub.beats[-1]
        assert beat["terminal"] == "t-0001"
        assert beat["status"]["screen"] == "unknown"  # no status.json: silence is not "fine"
        assert beat["outbox"]["room"]["takes"] == "deferrable"  # there is room for everything
        assert AgentView.open(tmp_path).clock(kept.time) in ("trusted", "unsure")
        seen.close()
        terminal.close()


def test_a_restarted_agent_goes_on_without_enrolling_again(hub: HttpHub, tmp_path: Path) -> None:
    with running(config(hub, tmp_path)):
        hub.wait(lambda: bool(hub.beats))
    terminal = TerminalStore.open(tmp_path)
    ids = {terminal.keep(APPLIED, {"item": ITEM}).id for _ in range(3)}
    terminal.close()
    with running(config(hub, tmp_path, enrolment_key=None)):
        hub.wait(lambda: ids == set(hub.stored))
    assert len(hub.enrolments) == 1


def test_a_spool_that_cannot_be_used_keeps_nobody_from_the_rest(
    hub: HttpHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logs: LogWatch
) -> None:
    def trouble(*_: object) -> Applied:
        raise SpoolTrouble("Permission denied")

    monkeypatch.setattr("kiosk.agent.loop.apply_spool", trouble)
    logs.expect("spool 文件夹用不了")
    with running(config(hub, tmp_path)):
        hub.wait(lambda: len(hub.beats) > 2)


def test_with_the_cable_pulled_nothing_arrives_and_afterwards_everything(hub: HttpHub, tmp_path: Path) -> None:
    cut = tmp_path / "cable-pulled"
    with running(config(hub, tmp_path / "state", network_file=cut)):
        hub.wait(lambda: bool(hub.beats))
        cut.touch()
        terminal = TerminalStore.open(tmp_path / "state")
        ids = [terminal.keep(APPLIED, {"item": ITEM}).id for _ in range(5)]
        seen = Projection.open(tmp_path / "state")
        assert {seen.stage(identifier).stage for identifier in ids} == {Stage.KEPT}
        assert not hub.stored
        cut.unlink()
        hub.wait(lambda: list(hub.stored) == ids)
        seen.close()
        terminal.close()


def test_a_refused_enrolment_key_is_said(hub: HttpHub, tmp_path: Path) -> None:
    hub.unkind = lambda _method, _path: (409, {}, {"status": 409, "detail": "登记密钥已用过", "retryable": False})
    agent = Agent.open(config(hub, tmp_path), threading.Event())
    with pytest.raises(EnrolmentRefused) as refusal:
        agent.run()
    assert "登记密钥已用过" in refusal.value.sentence
    agent.close()


def test_an_agent_without_a_key_says_that_the_terminal_is_not_enrolled(hub: HttpHub, tmp_path: Path) -> None:
    agent = Agent.open(config(hub, tmp_path, enrolment_key=None), threading.Event())
    with pytest.raises(NotEnrolled):
        agent.run()
    agent.close()


def test_a_second_agent_on_the_same_files_is_refused(hub: HttpHub, tmp_path: Path) -> None:
    first = Agent.open(config(hub, tmp_path), threading.Event())
    with pytest.raises(AlreadyWriting):
        Agent.open(config(hub, tmp_path), threading.Event())
    first.close()


def test_events_the_hub_lays_aside_are_told_once(hub: HttpHub, tmp_path: Path, logs: LogWatch) -> None:
    logs.expect("the hub laid 1 events aside")
    hub.park = {1}
    with running(config(hub, tmp_path)):
        hub.wait(lambda: bool(hub.beats))
        terminal = TerminalStore.open(tmp_path)
        terminal.keep(APPLIED, {"item": ITEM})
        good = terminal.keep(APPLIED, {"item": ITEM}).id
        hub.wait(lambda: good in hub.stored)
        hub.wait(lambda: hub.beats[-1]["outbox"]["parked"] == 1)
        terminal.close()


def test_an_order_to_wait_outlasts_answers_to_other_things_and_is_told_once(
    hub: HttpHub, tmp_path: Path, logs: LogWatch
) -> None:
    logs.expect("503")
    asked: list[str] = []

    def busy(_method: str, path: str) -> Answer | None:
        if not path.endswith("/events"):
            return None
        with hub.happened:
            asked.append(path)
            hub.happened.notify_all()
        return 503, {"Retry-After": "600"}, {"status": 503, "retryable": True}

    hub.unkind = busy
    with running(config(hub, tmp_path)):
        hub.wait(lambda: bool(hub.beats))
        terminal = TerminalStore.open(tmp_path)
        terminal.keep(APPLIED, {"item": ITEM})
        hub.wait(lambda: bool(asked))
        terminal.keep(APPLIED, {"item": ITEM})
        before = len(hub.beats)
        hub.wait(lambda: len(hub.beats) > before + 3)
        terminal.close()
    assert len(asked) == 1


def picture_in(state_dir: Path) -> Path:
    """A sealed picture on the disk, as the terminal leaves it."""
    sealed = seal_attachment(os.urandom(200_000))
    folder = state_dir / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / sealed.sha256
    path.write_bytes(sealed.data)
    return path


@pytest.mark.parametrize(
    "trouble", [DiskFull(), DiskFault("agent.db"), StoreInDoubt("agent.db"), StoreLocked("agent.db")]
)
def test_a_disk_in_trouble_is_waited_out_and_the_hubs_answer_is_fetched_again(
    hub: HttpHub, tmp_path: Path, logs: LogWatch, monkeypatch: pytest.MonkeyPatch, trouble: OfflineTrouble
) -> None:
    logs.expect(trouble.sentence)
    agent = Agent.open(config(hub, tmp_path), threading.Event())
    agent.enrol()
    terminal = TerminalStore.open(tmp_path)
    kept = terminal.keep(APPLIED, {"item": ITEM})

    def refuses(*_: object) -> None:
        raise trouble

    with monkeypatch.context() as disk:
        disk.setattr(AgentStore, "acknowledge", refuses)
        agent.turn(monotonic())
    assert terminal.agent.ack(kept.id) is None
    agent.turn(monotonic() + LATER_S)
    assert terminal.agent.ack(kept.id) is not None
    assert list(hub.stored).count(kept.id) == 1
    terminal.close()
    agent.close()


def test_a_picture_reaches_the_hub_before_its_act_and_leaves_the_disk(hub: HttpHub, tmp_path: Path) -> None:
    with running(config(hub, tmp_path)):
        hub.wait(lambda: bool(hub.beats))
        terminal = TerminalStore.open(tmp_path)
        picture = picture_in(tmp_path)
        kept = terminal.keep(APPLIED, {"item": ITEM}, pictures=(picture.name,))
        hub.wait(lambda: hub.brought == [picture.name, kept.id])
        hub.wait(lambda: not picture.exists())
        terminal.close()


def test_a_picture_of_a_visit_that_came_to_nothing_is_swept_at_start_when_it_is_old(
    hub: HttpHub, tmp_path: Path
) -> None:
    old, young = picture_in(tmp_path), picture_in(tmp_path)
    hours_ago = time() - 25 * 3600
    os.utime(old, (hours_ago, hours_ago))
    with running(config(hub, tmp_path)):
        hub.wait(lambda: not old.exists())
        assert young.exists()


def test_a_picture_the_hub_will_never_take_does_not_hold_the_queue(
    hub: HttpHub, tmp_path: Path, logs: LogWatch
) -> None:
    logs.expect("is given up")
    logs.expect("中枢拒绝了请求")
    hub.refuse_blobs = (413, {}, {"status": 413, "park": True})
    with running(config(hub, tmp_path)):
        hub.wait(lambda: bool(hub.beats))
        terminal = TerminalStore.open(tmp_path)
        ids = [terminal.keep(APPLIED, {"item": ITEM}, pictures=(picture_in(tmp_path).name,)).id for _ in range(2)]
        ids.append(terminal.keep(APPLIED, {"item": ITEM}).id)
        hub.wait(lambda: set(hub.stored) == set(ids))
        hub.wait(lambda: not list((tmp_path / FOLDER).iterdir()))
        terminal.close()


def toml_of(hub: HttpHub, place: Path) -> Path:
    """A terminal.toml for an agent in a process of its own."""
    toml = place / "terminal.toml"
    toml.write_text(
        f'[terminal]\nname = "示例"\nregion = "{REGION}"\nstate_dir = "state"\n'
        f'[hub]\nurl = "{hub.url}"\n[hub.enrolment]\nkey = "{KEY}"\n',
        encoding="utf-8",
    )
    return toml


def more_than(hub: HttpHub, before: int) -> Callable[[], bool]:
    """Whether the hub has been sent more than before."""
    return lambda: len(hub.deliveries) > before


def agent_process(toml: Path) -> subprocess.Popen[bytes]:
    """`zhizhu agent` as it is started on a terminal."""
    command = [sys.executable, "-m", "deploy.command", "agent", "--config", str(toml), "--set", "agent.heartbeat_s=0.5"]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def test_an_agent_killed_again_and_again_brings_everything_once(hub: HttpHub, tmp_path: Path) -> None:
    toml, chance, ids = toml_of(hub, tmp_path), Random(7), list[str]()
    for life in range(6):
        process = agent_process(toml)
        try:
            hub.wait(lambda: bool(hub.beats), 60)
            hub.beats.clear()
            terminal = TerminalStore.open(tmp_path / "state")
            before, some = len(hub.deliveries), chance.randint(1, 30)
            ids += [terminal.keep(APPLIED, {"item": ITEM}).id for _ in range(some)]
            terminal.close()
            hub.hang_up_after_storing = life % 2
            hub.wait(more_than(hub, before), 30)
        finally:
            process.kill()  # somewhere between the hub's commit and the agent's own
            process.communicate(timeout=30)
    with running(config(hub, tmp_path / "state")):
        hub.wait(lambda: set(hub.stored) == set(ids))
        hub.wait(lambda: bool(hub.beats) and hub.beats[-1]["outbox"]["waiting"] == 0)
    assert list(hub.stored) == ids
    assert len(hub.enrolments) == 1


def test_the_process_ends_well_when_it_is_asked_to(hub: HttpHub, tmp_path: Path) -> None:
    process = agent_process(toml_of(hub, tmp_path))
    try:
        hub.wait(lambda: bool(hub.beats), 60)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert b"Traceback" not in said
    assert (tmp_path / "state" / "keys" / "terminal_signing.key").stat().st_mode & 0o777 == 0o600
