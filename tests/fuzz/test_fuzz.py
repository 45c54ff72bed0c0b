"""Fifty thousand inputs for every decoder, bred from well-formed ones; and the breeding itself finds planted faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from drivers.registry import KINDS
from tests.fuzz import targets
from tests.fuzz.run import main
from tests.fuzz.targets import OF_KIND, OF_NO_KIND, PLANTED, TARGETS, seeds

ROOT: Final = Path(__file__).resolve().parents[2]
RUNS: Final = 50_000


def fuzz(*words: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.run", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.timeout(600)
def test_no_decoder_raises_hangs_or_grows() -> None:
    code, results, said = fuzz("--runs", str(RUNS))
    assert (code, [each for each in results if not each["ok"]]) == (0, []), said
    assert {each["target"] for each in results} == set(TARGETS)
    assert all(each["runs"] >= RUNS for each in results)


def test_planted_faults_are_found() -> None:
    code, results, _ = fuzz("--runs", "200000", "--seed", "5", *PLANTED)
    assert code == 1
    assert {each["target"] for each in results} == set(PLANTED)
    assert all(each["input"] and not each["ok"] for each in results)


def test_every_target_has_well_formed_inputs_that_it_takes() -> None:
    for name, target in TARGETS.items():
        assert seeds(name), name
        for one in seeds(name):
            target(one)


def test_every_kind_has_its_targets() -> None:
    assert set(OF_KIND) == set(KINDS)
    named = [name for names in OF_KIND.values() for name in names]
    assert sorted((*named, *OF_NO_KIND)) == sorted(TARGETS)


def test_an_unknown_target_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as wrong:
        main(["teapot"], lambda: targets)
    assert wrong.value.code == 2
    assert "sam_frames" in capsys.readouterr().err
