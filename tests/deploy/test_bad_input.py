"""Bad files, taken ports, held databases and full disks: one sentence and what to do, from the real program."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from offline.store import AgentStore, TerminalStore
from seeds.places import CATALOGUE
from tests.deploy.nursery import PROGRAM, Nursery

BROKEN_YAML: Final = "name: [没有写完\n  : :\n"
VILLAGE: Final = "440981102999"


def lacking(package: str, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the installed program where this package is not."""
    gone = f"raise ModuleNotFoundError('gone', name={package!r})\n"
    (folder / f"{package}.py").write_text(gone, encoding="utf-8")
    environment = {**os.environ, "LANG": "C.UTF-8", "PYTHONPATH": str(folder)}
    command = [str(PROGRAM), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def assert_told(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """One short paragraph that holds these parts, asks for something, and shows nothing of the program's inside."""
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "我们的问题" not in said, said
    assert len(done.stderr.strip().splitlines()) <= 1, said
    for part in (*parts, "请"):
        assert part in said, said


def terminal_toml(folder: Path, state_dir: Path) -> Path:
    """The configuration of a terminal that is in order."""
    path = folder / "terminal.toml"
    path.write_text(
        f'[terminal]\nname = "示例村党群服务中心"\nregion = "{VILLAGE}"\nstate_dir = "{state_dir}"\n\n'
        '[hub]\nurl = "http://127.0.0.1:9"\n\n[hub.enrolment]\nkey = "not-used-here"\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small disk can only be mounted by root: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Uses up whatever room is left."""
    (disk / "films").write_bytes(bytes(shutil.disk_usage(disk).free))


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_broken_item_is_named_with_its_line(nursery: Nursery, command: str, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, folder)
    (folder / "human_resources" / "pension_qualification.yaml").write_text(BROKEN_YAML, encoding="utf-8")
    assert_told(nursery.run("catalogue", command, "--from", folder), "pension_qualification.yaml:2", "YAML 写法有误")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (BROKEN_YAML.encode(), "第 2 行不是合格的 YAML"),
        ("steps: 没有".encode("gb18030"), "不是 UTF-8"),
        (b"steps:\n- touches: 2026-13-45\n", "不是合格的 YAML"),
        (b"- tap\n", "没有 steps"),
        (b"steps:\n- jump: 3\n", "第 1 步的“jump”不认识"),
    ],
)
def test_a_broken_journey_script_is_named_with_its_line(
    nursery: Nursery, content: bytes, what: str, tmp_path: Path
) -> None:
    script = tmp_path / "broken.yaml"
    script.write_bytes(content)
    assert_told(nursery.run("demo", "--headless", "--journey", script), "broken.yaml", what)


@pytest.mark.parametrize(
    "words",
    [
        ("terminal", "run", "--headless"),
        ("terminal", "doctor"),
        ("agent",),
        ("outbox", "status"),
        ("journal", "verify"),
    ],
)
def test_a_broken_terminal_toml_is_named_with_its_line(
    nursery: Nursery, words: tuple[str, ...], tmp_path: Path
) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text('[terminal]\nname = "没有写完\n', encoding="utf-8")
    assert_told(nursery.run(*words, "--config", config), "terminal.toml", "line 2")


def test_a_port_in_use_is_named_by_the_hub(nursery: Nursery, taken_port: int, tmp_path: Path) -> None:
    done = nursery.run("hub", "serve", "--database", f"sqlite:///{tmp_path / 'hub.db'}", "--port", str(taken_port))
    assert_told(done, f"端口 {taken_port} 已被", "请换一个 --port")


@pytest.mark.parametrize("options", [("--control", "127.0.0.1:{}"), ("--link", "tcp:{}")])
def test_a_port_in_use_is_named_by_a_simulator(nursery: Nursery, options: tuple[str, str], taken_port: int) -> None:
    done = nursery.run("device", "simulate", "id-card", options[0], options[1].format(taken_port))
    assert_told(done, str(taken_port), "请换一个端口")


def test_a_second_agent_names_the_first(nursery: Nursery, tmp_path: Path) -> None:
    with closing(AgentStore.open(tmp_path / "state")):
        done = nursery.run("agent", "--config", terminal_toml(tmp_path, tmp_path / "state"))
    assert_told(done, "agent.db", f"进程 {os.getpid()}", "请先停掉")


def test_a_second_terminal_names_the_first(nursery: Nursery, tmp_path: Path) -> None:
    with closing(TerminalStore.open(tmp_path / "state")):
        done = nursery.run("terminal", "run", "--headless", "--config", terminal_toml(tmp_path, tmp_path / "state"))
    assert_told(done, "terminal.db", f"进程 {os.getpid()}", "请先停掉")


def test_a_held_database_is_named_before_the_hub_migrates_it(nursery: Nursery, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert_told(nursery.run("hub", "migrate", "--database", f"sqlite:///{path}"), "hub.db", "占着", "请关掉")


def test_a_held_database_is_named_before_the_hub_serves(nursery: Nursery, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    assert nursery.run("hub", "migrate", "--database", f"sqlite:///{path}").returncode == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        where = ("--database", f"sqlite:///{path}", "--state", tmp_path / "keys", "--port", "0")
        assert_told(nursery.run("hub", "serve", *where), "hub.db", "占着", "请关掉")


def test_a_full_disk_is_named_by_the_agent(nursery: Nursery, tiny_disk: Path, tmp_path: Path) -> None:
    config = terminal_toml(tmp_path, tiny_disk / "state")
    assert_told(nursery.run("agent", "--config", config), "磁盘已满", "清理")
    fill(tiny_disk)
    assert_told(nursery.run("agent", "--config", config), "磁盘")


def test_a_full_disk_is_named_by_an_agent_that_starts_there_first(
    nursery: Nursery, tiny_disk: Path, tmp_path: Path
) -> None:
    fill(tiny_disk)
    assert_told(nursery.run("agent", "--config", terminal_toml(tmp_path, tiny_disk / "state")), "磁盘已满", "清理")


def test_a_full_disk_is_named_by_the_hub(nursery: Nursery, tiny_disk: Path) -> None:
    fill(tiny_disk)
    assert_told(nursery.run("hub", "migrate", "--database", f"sqlite:///{tiny_disk / 'hub.db'}"), "hub.db", "磁盘")


def test_a_full_disk_for_its_keys_is_named_by_the_hub(nursery: Nursery, tiny_disk: Path, tmp_path: Path) -> None:
    where = ("--database", f"sqlite:///{tmp_path / 'hub.db'}")
    assert nursery.run("hub", "migrate", *where).returncode == 0
    fill(tiny_disk)
    assert_told(nursery.run("hub", "serve", *where, "--state", tiny_disk / "hub", "--port", "0"), "密钥", "磁盘")


@pytest.mark.parametrize(("package", "words"), [("uvicorn", ("hub", "serve", "--port", "0")), ("click", ("--help",))])
def test_a_missing_package_is_named(package: str, words: tuple[str, ...], tmp_path: Path) -> None:
    assert_told(lacking(package, *words, folder=tmp_path), f"缺少 {package}", "deploy/demo.sh")
