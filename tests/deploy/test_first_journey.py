"""The story that must always work, played on the real screen by what a person sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.journey.report import JourneyReport

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).parent / "zhizhu"
MOST_TOUCHES = 8
DEADLINE_S = 280
# Research weights, for tests only: their manifest lies with the tests.
MANIFEST = ROOT / "tests" / "kiosk" / "face" / "mobilefacenet.yaml"


def play(journey: str, folder: Path, **environment: str) -> JourneyReport:
    """The journey in a demo of its own; its report."""
    report = folder / "report.json"
    words = ("demo", "--headless", "--journey", f"tests/journeys/{journey}.yaml")
    done = subprocess.run(
        [str(PROGRAM), *words, "--report", str(report), "--screens", str(folder / "screens")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", **environment},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return JourneyReport.model_validate(json.loads(report.read_text(encoding="utf-8")))


def test_a_resident_without_network_is_witnessed_and_fetches_the_answer_next_morning(tmp_path: Path) -> None:
    told = play("pension_offline", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert told.touches <= MOST_TOUCHES
    assert len(told.slips) >= 2
    assert all(Path(step.image).stat().st_size > 0 for step in told.steps if step.image)


def test_without_paper_the_screen_says_so_and_the_slip_is_fetched_later_by_card(tmp_path: Path) -> None:
    told = play("paper_end", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert len(told.slips) == 1


def test_after_a_power_cut_the_same_card_goes_on_and_whoever_comes_in_between_sees_nothing(tmp_path: Path) -> None:
    told = play("power_cut_draft", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert len(told.slips) == 1


def test_on_battery_who_is_in_the_middle_finishes_and_nobody_begins_until_the_mains_are_back(tmp_path: Path) -> None:
    told = play("power_cut", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert told.touches <= MOST_TOUCHES
    assert len(told.slips) == 2


def test_a_slip_held_before_the_scanner_is_looked_up_and_a_scanner_that_is_away_is_not_offered(tmp_path: Path) -> None:
    told = play("slip_scanned", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert len(told.slips) == 1


def test_a_query_is_answered_while_she_waits_and_only_its_slip_opens_it_again(tmp_path: Path) -> None:
    told = play("social_insurance_record", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert len(told.slips) == 1


needs_models = pytest.mark.skipif(
    not (os.environ.get("ZHIZHU_MODELS") and os.environ.get("ZHIZHU_FACES")),
    reason="no face models: set ZHIZHU_MODELS and ZHIZHU_FACES to play the face journey",
)


@needs_models
def test_a_resident_without_network_is_recognised_by_a_living_face(tmp_path: Path) -> None:
    told = play("pension_face_offline", tmp_path, ZHIZHU_MANIFEST=str(MANIFEST))
    assert told.ok
    assert told.touches <= MOST_TOUCHES


def test_a_resident_without_face_or_helper_is_checked_later_by_a_clerk(tmp_path: Path) -> None:
    told = play("pension_later_check", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert told.touches <= MOST_TOUCHES


@needs_models
def test_another_head_for_the_turns_and_a_print_do_not_pass_and_she_herself_does(tmp_path: Path) -> None:
    assert play("pension_face_swapped", tmp_path, ZHIZHU_MANIFEST=str(MANIFEST)).ok


def test_a_resident_without_a_card_is_witnessed_and_a_clerk_decides(tmp_path: Path) -> None:
    assert play("pension_typed", tmp_path, ZHIZHU_MODELS="").ok


def test_a_resident_whom_a_clerk_asks_to_come_again_reads_so_on_screen_and_slip(tmp_path: Path) -> None:
    told = play("pension_come_again", tmp_path, ZHIZHU_MODELS="")
    assert told.ok
    assert len(told.slips) == 2
