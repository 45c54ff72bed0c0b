"""The program answers wrong use with one sentence and what to do, and helps in two languages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deploy.command import COMMANDS
from tests.deploy.nursery import PROGRAM, Nursery


def test_the_installed_program_names_its_commands() -> None:
    done = subprocess.run([str(PROGRAM), "--help"], capture_output=True, text=True, timeout=90, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_helps_in_chinese_and_english(nursery: Nursery, name: str) -> None:
    done = nursery.run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert any("一" <= letter <= "鿿" for letter in done.stdout)
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nothing",), 2),
        (("terminal", "run"), 2),
        (("terminal", "run", "--config", "none.toml"), 1),
        (("agent", "--config", "none.toml"), 1),
        (("device", "read", "id-card", "--link", "/dev/pts/none"), 1),
        (("device", "read", "teapot", "--link", "x"), 2),
        (("catalogue", "show", "no-such-item"), 1),
        (("journey", "run", "none.yaml", "--config", "none.toml"), 1),
        (("hub", "migrate", "--database", "nonsense"), 1),
    ],
)
def test_wrong_input_is_one_sentence_and_never_a_traceback(
    nursery: Nursery, words: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    done = nursery.run(*words, folder=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip()
    assert "我们的问题" not in done.stderr, done.stderr
