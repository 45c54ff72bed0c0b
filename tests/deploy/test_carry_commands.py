"""The technician's and the operator's commands, with a real agent and a real hub as processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from deploy.applications import VILLAGE
from deploy.demo import free_port
from deploy.journey.world import until
from hub.commands import hub
from hub.keys import load_keys
from hub.moments import system_clock
from offline.commands import outbox
from offline.projection import Projection, Stage
from offline.store import AgentView, TerminalStore
from tests.deploy.applications import invented, keep_witnessed
from tests.deploy.nursery import Nursery
from tests.deploy.sticks import Village
from tests.hub.prepared import prepared
from tests.hub.running import make_hub

WITHIN_S = 60.0


def told(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """The JSON that a command prints."""
    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert isinstance(value, dict)
    return value


@contextmanager
def process(*words: object) -> Iterator[None]:
    """`zhizhu …`, until the block ends; it ends well."""
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.command", *(str(word) for word in words)], stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            yield
        finally:
            child.terminate()
            _, said = child.communicate(timeout=30)
    assert child.returncode in (0, -15), said
    assert "Traceback" not in said, said


def came(what: str, condition: bool) -> str | None:
    """For `until`: nothing once it is so."""
    return None if condition else what


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """A hub's database, a terminal's settings with a one-off key, and a stick."""
    port, key = free_port(), prepared(f"sqlite:///{tmp_path / 'hub.db'}", VILLAGE, "示例村委会")
    (tmp_path / "terminal.toml").write_text(
        f'[terminal]\nname = "示例村委会"\nregion = "{VILLAGE}"\nstate_dir = "state"\n'
        f'[hub]\nurl = "http://127.0.0.1:{port}"\n[hub.enrolment]\nkey = "{key}"\n',
        encoding="utf-8",
    )
    (tmp_path / "stick").mkdir()
    (tmp_path / "port").write_text(str(port))
    return tmp_path


def test_a_week_without_a_line_and_the_next_screen_shows_approved(nursery: Nursery, ground: Path) -> None:
    config, stick, state_dir, cut = (ground / one for one in ("terminal.toml", "stick", "state", "cut"))
    database, port = f"sqlite:///{ground / 'hub.db'}", int((ground / "port").read_text())
    with ExitStack() as all_of_it:
        serve = ("hub", "serve", "--database", database, "--port", port, "--state", ground / "hub")
        all_of_it.enter_context(process(*serve))
        all_of_it.enter_context(process("agent", "--config", config, "--set", f"demo.network_file={cut}"))
        agent = AgentView.open(state_dir)
        assert until(lambda: came("helpers", bool(agent.helpers())), WITHIN_S) is None
        cut.touch()  # and for a week nobody mends it

        store = TerminalStore.open(state_dir)
        kept = keep_witnessed(store, invented()["lin-yuelan"], invented()["wu-guifang"])
        store.close()
        assert kept.claim_code is not None
        out = told(nursery.run("outbox", "export", "--config", config, "--to", stick, "--json"))
        assert (out["ok"], out["events"], out["parts"]) == (True, 1, 1)
        brought = told(nursery.run("hub", "carry", stick, "--database", database, "--state", ground / "hub", "--json"))
        assert brought["ok"]
        back = told(nursery.run("outbox", "import", "--config", config, "--from", stick, "--wait-s", "60", "--json"))
        assert (back["ok"], back["applied"], back["answered"], back["waiting"]) == (True, True, 1, 0)

        projection = Projection.open(state_dir)
        seen = projection.find_by_code(kept.claim_code)
        projection.close()
        agent.close()
        assert seen is not None
        assert (seen.standing.stage, seen.standing.state) == (Stage.SETTLED, "approved")
        assert seen.case is not None
        assert seen.case.next_due


def asked(program: Command, *words: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(program, [str(word) for word in words])


def test_what_goes_wrong_is_said_in_one_sentence(ground: Path) -> None:
    config, stick, url = ground / "terminal.toml", ground / "stick", f"sqlite:///{ground / 'hub.db'}"
    (ground / "state").mkdir()
    early = asked(outbox, "export", "--config", config, "--to", stick)
    assert (early.exit_code, "还没有在中枢登记" in early.output) == (1, True)
    assert not (ground / "state" / "keys").exists(), "asking makes no keys"
    assert asked(outbox, "export", "--config", config).exit_code == 2
    keyless = asked(hub, "carry", stick, "--database", url, "--state", ground / "elsewhere")
    assert (keyless.exit_code, "没有中枢的密钥" in keyless.output) == (1, True)
    load_keys(ground / "hub")
    words = ("carry", "--database", url, "--state", ground / "hub")
    for place, said in ((ground / "no", "找不到 U 盘目录"), (stick, "没有终端带来的记录")):
        done = asked(hub, *words, place)
        assert (done.exit_code, said in done.output) == (1, True), done.output
    (stick / "holiday.zzc").write_bytes(b"no part at all")
    strange = asked(hub, *words, stick)
    assert (strange.exit_code, "不是智助写的文件" in strange.output) == (1, True)


def test_import_says_whose_answers_a_stick_holds_and_when_the_agent_does_not_run(ground: Path) -> None:
    opened = make_hub(ground / "elsewhere", system_clock)
    village = Village(opened, ground)
    words = ("import", "--config", ground / "terminal.toml", "--from", village.mount, "--wait-s", 0)
    try:
        village.keep(1)
        assert "可以拔 U 盘了" in asked(outbox, "export", "--config", words[2], "--to", village.mount).output
        nothing = asked(outbox, *words)
        assert (nothing.exit_code, "没有给本机的答复" in nothing.output) == (1, True)
        village.carry()
        waits = asked(outbox, *words)
        assert (waits.exit_code, "启动后会自动应用" in waits.output) == (0, True), waits.output
        village.apply()
        known = asked(outbox, *words)
        assert (known.exit_code, "没有新的" in known.output) == (0, True)
        (answers, *_) = village.folder.glob("answers-*")
        answers.write_bytes(answers.read_bytes()[:-1])
        cut = asked(outbox, *words)
        assert (cut.exit_code, "只抄了一半" in cut.output) == (1, True)
    finally:
        village.close()
        opened.database.close()
