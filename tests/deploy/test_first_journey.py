"""The story that must always work, played on the real screen by what a person sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from deploy.journey.report import JourneyReport
from tests.deploy.hall import SOON

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).parent / "zhizhu"
MOST_TOUCHES = 8
DEADLINE_S = 280
# Research weights, for tests only: their manifest lies with the tests.
MANIFEST = ROOT / "tests" / "kiosk" / "face" / "mobilefacenet.yaml"


def play(
    *journeys: str, folder: Path, settings: tuple[str, ...] = (), pictured: tuple[str, ...] = (), **environment: str
) -> dict[str, JourneyReport]:
    """The journeys one after the other in a demo of their own; their reports by name."""
    report = folder / "report.json"
    words = [word for name in journeys for word in ("--journey", f"tests/journeys/{name}.yaml")]
    words += [word for each in settings for word in ("--set", each)]
    words += ["--screens", str(folder / "screens")] if pictured else []
    words += [word for name in pictured for word in ("--screens-of", name)]
    done = subprocess.run(
        [str(PROGRAM), "demo", "--headless", *words, "--report", str(report)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S * len(journeys),
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", **environment},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    untrusted = json.loads(report.read_text(encoding="utf-8"))
    told = [JourneyReport.model_validate(each) for each in (untrusted if isinstance(untrusted, list) else [untrusted])]
    assert all(each.ok for each in told)
    return dict(zip(journeys, told, strict=True))


# Every script begins and ends where nobody is, so that one hall serves them all. Who is asked to come again has no
# other case yet; who waits for an answer at the screen comes before those who pull the cable, for a terminal that was
# without network tries again only now and then; and what is kept without it goes last, for it comes to the hub in the
# midst of the next script. Who finds that a bell cannot go out comes before who leaves one ringing.
#
# By day one of each way is played: a case that comes to a person, a paper at once, something that costs, three things
# in one, and the network, the mains and the paper that fail. What goes a way of theirs is played at night.
NIGHT: Final = bool(os.environ.get("ZHIZHU_NIGHT"))
EVERY: Final = (
    *(
        "pension_come_again",
        "pension_typed",
        "social_insurance_record",
        "elderly_allowance",
        "temporary_relief",
    ),
    *(
        "insurance_enrolment_proof",
        "proof_delivered",
        "village_proof",
        "data_authorisation",
        "data_access_record",
        "sms_notices",
        "legal_aid_appointment",
        "village_help",
        "house_transfer",
        "new_house",
        "employer_insurance_record",
        "residents_medical_insurance",
    ),
    *("newborn", "pension_offline", "pension_later_check", "slip_scanned", "power_cut_draft", "power_cut", "paper_end"),
)
OF_THE_NIGHT: Final = frozenset(
    (
        *("pension_typed", "village_proof", "data_access_record", "sms_notices", "house_transfer", "power_cut_draft"),
        *("proof_delivered", "new_house", "employer_insurance_record", "slip_scanned"),
        *("social_insurance_record", "elderly_allowance", "temporary_relief", "data_authorisation"),
        *("legal_aid_appointment", "village_help", "pension_later_check"),
    )
)
PLAYED: Final = tuple(name for name in EVERY if NIGHT or name not in OF_THE_NIGHT)
FEW_TOUCHES: Final = frozenset(
    (
        "pension_offline",
        "pension_later_check",
        "power_cut",
        "insurance_enrolment_proof",
        "village_proof",
        "data_authorisation",
        "data_access_record",
    )
)
"""What asks nothing, or one question; others have forms to fill in, and some scripts change what they filled in."""
PICTURED: Final = ("pension_offline", "insurance_enrolment_proof")
"""To draw and pack a picture of every step costs a terminal as much as all else that it does."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, JourneyReport]:
    """What became of every journey that needs no face."""
    folder = tmp_path_factory.mktemp("hall")
    return play(*PLAYED, folder=folder, settings=(SOON,), pictured=PICTURED, ZHIZHU_MODELS="")


pytestmark = pytest.mark.timeout(len(PLAYED) * DEADLINE_S)


def test_a_resident_without_network_is_witnessed_and_fetches_the_answer_next_morning(
    told: dict[str, JourneyReport],
) -> None:
    first = told["pension_offline"]
    assert first.touches <= MOST_TOUCHES
    assert len(first.slips) >= 2
    assert all(step.image is not None and Path(step.image).stat().st_size > 0 for step in first.steps)


def test_three_things_for_a_newborn_are_one_form_one_act_and_two_slips_of_one_progress(
    told: dict[str, JourneyReport],
) -> None:
    kept, joined = told["newborn"].slips
    assert "新生儿出生登记：已保存" in kept
    assert "新生儿出生登记：已保存" not in joined


@pytest.mark.parametrize("name", PLAYED)
def test_it_goes_from_the_first_touch_to_the_slip(told: dict[str, JourneyReport], name: str) -> None:
    """Each kind of item; and power (with and without a battery), the scanner or the paper failing in the midst."""
    assert told[name].ok
    assert told[name].slips
    if name in FEW_TOUCHES:
        assert told[name].touches <= MOST_TOUCHES


def test_a_sealed_proof_comes_out_on_paper_once_and_again_by_its_slip(told: dict[str, JourneyReport]) -> None:
    (screen,) = {Path(step.image).parent for step in told["insurance_enrolment_proof"].steps if step.image is not None}
    for name in ("document-1.pdf", "document-2.pdf"):
        asked = ("pdftotext", str(screen / name), "-")
        text = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True).stdout
        assert ("社会保险参保证明" in text, "陈德水" in text) == (True, True), text


def test_what_costs_something_is_filed_then_paid_by_a_phone_or_later_and_the_slip_says_which(
    told: dict[str, JourneyReport],
) -> None:
    paid_at_once, paid_later = told["residents_medical_insurance"].slips[1:]
    assert "电子票据号" in paid_at_once
    assert "电子票据号" not in paid_later


@pytest.mark.skipif(
    not (os.environ.get("ZHIZHU_MODELS") and os.environ.get("ZHIZHU_FACES")),
    reason="no face models: set ZHIZHU_MODELS and ZHIZHU_FACES to play the face journey",
)
def test_a_living_face_passes_without_network_and_at_night_another_head_or_a_recording_does_not(tmp_path: Path) -> None:
    others = ("pension_face_swapped",) if NIGHT else ()
    told = play("pension_face_offline", *others, folder=tmp_path, ZHIZHU_MANIFEST=str(MANIFEST))
    assert told["pension_face_offline"].touches <= MOST_TOUCHES
