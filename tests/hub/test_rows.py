"""Each row of the features that the hub has to deliver names the tests that drive it and its line in the README."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

ROOT = Path(__file__).resolve().parents[2]
WANTED = (
    *(6, 8, 14, 17, 29, 33, 35, 36, 37, 40, 41, 44, 48, 49, 58, 59, 60, 61, 62, 63, 64, 65, 68),
    *(73, 74, 75, 79, 80, 81, 82, 83, 84, 89),
)
SERVED = {"url", "terminal", "machine", "browse", "till", "counter", "table", "node", "page", "bench"}
"""Fixtures behind which a hub answers over real HTTP."""
NUMBERS = re.compile(r"第 ([0-9]+(?:、[0-9]+)*) 行")


class Row(BaseModel):
    """Where a row is proven and where it is shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tests: tuple[str, ...] = ()
    journeys: tuple[str, ...] = ()  # scripts that the real screen plays
    readme: str = ""
    building: bool = False


ROWS = {
    int(number): Row.model_validate(row)
    for number, row in yaml.safe_load((ROOT / "tests/hub/rows.yaml").read_text(encoding="utf-8")).items()
}


@cache
def named_in(path: str) -> dict[str, frozenset[str]]:
    """The tests of a file and what each is given; of a state machine's TestCase nothing is known."""
    found: dict[str, frozenset[str]] = {}
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = frozenset(one.arg for one in node.args.args)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == "TestCase":
            found |= {one.id: frozenset() for one in node.targets if isinstance(one, ast.Name)}
    return found


@cache
def shown() -> dict[int, tuple[str, ...]]:
    """README's lines by the rows they name."""
    lines: dict[int, tuple[str, ...]] = {}
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        for numbers in NUMBERS.findall(line if line.startswith("| ") else ""):
            for number in map(int, numbers.split("、")):
                lines[number] = (*lines.get(number, ()), line)
    return lines


def test_every_wanted_row_is_there_and_no_other() -> None:
    assert sorted(ROWS) == sorted(WANTED)


@pytest.mark.parametrize("number", sorted(ROWS))
def test_a_row_is_driven_through_http_and_shown_in_both_languages(number: int) -> None:
    row = ROWS[number]
    given = set[str]()
    for test in row.tests:
        path, _, name = test.partition("::")
        assert name in named_in(path), f"there is no test {test}"
        given |= named_in(path)[name]
    for journey in row.journeys:
        assert (ROOT / f"tests/journeys/{journey}.yaml").exists(), f"there is no journey {journey}"
    if row.building and not row.readme:
        return
    assert given & SERVED or row.journeys, "none of its tests goes through a hub that answers over HTTP"
    (line,) = [one for one in shown().get(number, ()) if row.readme in one] or [""]
    assert line, f"README has no line for {row.readme}（第 {number} 行）"
    what = line.split(" | ")[0]
    assert re.search(r"[A-Za-z]{3}", NUMBERS.sub("", what)), f"what {line} says is not said in English"
