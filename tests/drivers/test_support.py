"""The support matrix says what the registry and the tests can answer for, and nothing more."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from drivers.commands import device
from drivers.registry import KINDS, Driver, Seen
from drivers.support import LEVELS, PAGE, Level, level_of, matrix, page

TESTS = Path(__file__).parent
DRIVERS = [(kind.name, driver) for kind in KINDS.values() for driver in kind.drivers]
SOME = Driver("some", "drivers.some:Some", ("path",), "bytes", "simulator only")


def test_the_page_is_what_the_registry_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(matrix()), "run python -m drivers.support"


@pytest.mark.parametrize(("kind", "driver"), DRIVERS, ids=[f"{kind}-{driver.name}" for kind, driver in DRIVERS])
def test_what_a_row_names_as_the_real_other_end_stands_in_the_tests_of_its_kind(kind: str, driver: Driver) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (TESTS / kind).glob("*.py"))
    assert [name for name in driver.other_ends if name not in tests] == []
    if level_of(driver) != "none":
        assert (TESTS / kind / "contract.py").is_file() or (TESTS / kind / "test_contract.py").is_file()


@pytest.mark.parametrize(
    ("seen", "other_ends", "level"),
    [
        ("not yet", ("a program",), "none"),
        ("simulator only", (), "bronze"),
        ("simulator only", ("a program",), "silver"),
        ("real hardware seen", (), "gold"),
        ("fleet seen", (), "platinum"),
    ],
)
def test_a_level_follows_from_the_proof(seen: Seen, other_ends: tuple[str, ...], level: Level) -> None:
    assert level_of(replace(SOME, seen=seen, other_ends=other_ends)) == level


def test_the_page_tells_every_level_and_every_driver_with_its_proof() -> None:
    told = page(matrix())
    assert all(f"| {level} |" in told for level in LEVELS)
    assert all(
        f"| {kind.title} `{kind.name}` | `{driver.name}` |" in told
        for kind in KINDS.values()
        for driver in kind.drivers
    )
    row = replace(matrix()[0], seen="real hardware seen", level="gold", other_ends=("a", "b"), capture=False)
    assert "| 见过真机 real hardware seen | a + b | gold | 不能 no |" in page((row,))


def test_the_list_carries_the_same_fields() -> None:
    told = json.loads(CliRunner().invoke(device, ["list", "--json"]).stdout)["drivers"]
    assert told == json.loads(json.dumps([asdict(row) for row in matrix()]))
