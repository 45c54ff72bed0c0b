"""A journey script says what a resident does; what is wrong in it is named with its step."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.journey import script
from deploy.journey.script import Expect, HubWanted
from deploy.trouble import RoofTrouble

GOOD = """
journey: a name
network: down
steps:
  - card: lin-yuelan
  - tap: 同意
  - expect: {screen: done, text: 已保存}
  - hub: {case: approved, within_s: 10}
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "script.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_script_is_read_step_by_step(tmp_path: Path) -> None:
    read = script.read(_write(tmp_path, GOOD))
    assert (read.name, read.network, len(read.steps)) == ("a name", "down", 4)
    assert read.steps[2].value == Expect(screen="done", text="已保存")
    assert read.steps[3].value == HubWanted(case="approved", within_s=10)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("steps:\n  - dance: now\n", "第 1 步"),
        ("steps:\n  - card: x\n  - expect: {colour: red}\n", "第 2 步"),
        ("steps: [\n", "行不是合格的 YAML"),
        ("journey: x\n", "steps"),
        ("steps:\n  - {card: x, tap: y}\n", "第 1 步"),
        # a misspelt cable must never be taken for a cable that is in
        ("steps:\n  - card: x\n  - network: dwon\n", "第 2 步"),
        ("network: off\nsteps:\n  - card: x\n", "network 只能是"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(RoofTrouble, match=named):
        script.read(_write(tmp_path, text))


def test_a_missing_script_is_one_sentence_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RoofTrouble, match="读不了"):
        script.read(tmp_path / "none.yaml")


def test_every_journey_that_ships_can_be_read() -> None:
    paths = sorted((Path(__file__).resolve().parents[1] / "journeys").glob("*.yaml"))
    assert len(paths) >= 2
    for path in paths:
        assert script.read(path).steps
