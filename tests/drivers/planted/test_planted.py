"""The suite is tried itself: each fault is planted in a copy of the drivers, and the tests named must notice it.

Here two of each kind; with ZHIZHU_PLANTED=all, as the nightly run has it, every one, and each test also over a copy
without a fault.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from drivers.registry import KINDS
from tests.drivers.planted.faults import FAULTS, Fault

ROOT: Final = Path(__file__).resolve().parents[3]
AT_ONCE: Final = 2
LONGEST_S: Final = 120
_FAILED: Final = re.compile(r"^FAILED (?P<file>\S+?)::\S+.*? - (?P<why>.*)$", re.MULTILINE)
_NOT_NOTICED_BUT_BROKEN: Final = (
    *("SyntaxError", "ImportError", "ModuleNotFoundError", "NameError", "AttributeError", "fixture", "Failed: Timeout"),
)
"""Reasons that say that the planting went wrong, not that a test noticed it."""

EVERY: Final = os.environ.get("ZHIZHU_PLANTED") == "all"
OF_EACH: Final = len(FAULTS) if EVERY else 2

Outcome = tuple[int, str]


def chosen_of(faults: tuple[Fault, ...], most: int) -> tuple[Fault, ...]:
    """So many of each kind, in their order."""
    kinds = [fault.file.partition("/")[0] for fault in faults]
    return tuple(fault for n, fault in enumerate(faults) if kinds[:n].count(kinds[n]) < most)


CHOSEN: Final = chosen_of(FAULTS, OF_EACH)


def planted_tree(folder: Path, fault: Fault | None) -> None:
    """A tree like this one whose drivers are a copy with this fault in it."""
    for entry in ROOT.iterdir():
        if entry.name not in ("drivers", ".git", ".hypothesis", ".venv"):
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / "drivers", folder / "drivers")
    if fault is not None:
        file = folder / "drivers" / fault.file
        text = file.read_text(encoding="utf-8")
        assert text.count(fault.right) == 1, f"the fault does not fit {fault.file} any more: {fault.right!r}"
        file.write_text(text.replace(fault.right, fault.wrong), encoding="utf-8")


def tried(folder: Path, fault: Fault | None, test: str, among: str) -> Outcome:
    """How these tests end over such a tree: pytest's exit code and what it printed."""
    folder.mkdir()
    planted_tree(folder, fault)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-x", "-q", "--tb=no"),
            *("-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin", "-p", "tests.drivers.planted.unshrunk"),
            *(("-k", among) if among else ()),
            f"tests/drivers/{test}",
        ],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(folder), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    shutil.rmtree(folder)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Fault | tuple[str, str], Future[Outcome]]]:
    """Every run that was asked for, two at a time."""
    chosen = {item.callspec.params.get("fault") for item in request.session.items if hasattr(item, "callspec")}
    folder = tmp_path_factory.mktemp("planted")
    runs: dict[Fault | tuple[str, str], Future[Outcome]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for fault in (each for each in FAULTS if each in chosen):
            well = (fault.test, fault.among)
            if EVERY and well not in runs:
                runs[well] = pool.submit(tried, folder / f"well-{len(runs)}", None, *well)
            runs[fault] = pool.submit(tried, folder / f"planted-{len(runs)}", fault, *well)
        yield runs
        pool.shutdown(cancel_futures=True)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: f"{fault.file}: {fault.why}")
def test_a_planted_fault_is_noticed(outcomes: dict[Fault | tuple[str, str], Future[Outcome]], fault: Fault) -> None:
    if EVERY:
        code, said = outcomes[(fault.test, fault.among)].result()
        assert code == 0, f"over drivers without a fault {fault.test} does not pass:\n{said}"
    code, said = outcomes[fault].result()
    assert code == 1, f"{fault.test} does not notice that {fault.why}:\n{said}"
    noticed = _FAILED.search(said)
    assert noticed is not None, said
    assert noticed["file"] == f"tests/drivers/{fault.test}"
    assert not noticed["why"].startswith(_NOT_NOTICED_BUT_BROKEN), said


def test_a_fault_that_does_not_fit_any_more_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="does not fit"):
        planted_tree(tmp_path, Fault("settlement.py", "what is not there", "", "", ""))


def test_there_are_faults_for_every_kind_and_for_what_they_share() -> None:
    assert len(set(FAULTS)) == len(FAULTS) >= 40
    assert len(CHOSEN) >= 20
    assert {fault.file.partition("/")[0] for fault in FAULTS} >= {*KINDS, "capture", "presence", "settlement.py"}
