"""The program answers wrong use with one sentence and what to do, and helps in two languages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.command import COMMANDS

PROGRAM = Path(sys.executable).parent / "zhizhu"


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the real program as a person at a shell would."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(PROGRAM), *words], capture_output=True, text=True, timeout=90, cwd=cwd, check=False, env=environment
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_helps_in_chinese_and_english(name: str) -> None:
    done = run(name, "--help")
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
def test_wrong_input_is_one_sentence_and_never_a_traceback(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip()
    assert "我们的问题" not in done.stderr, done.stderr
