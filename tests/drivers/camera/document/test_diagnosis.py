"""Every reason and every fault has its words, for the resident in plain ones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import yaml

from drivers.camera.document.diagnosis import DIAGNOSIS
from drivers.camera.document.port import Reason
from drivers.health import State
from drivers.texts import text

ROOT: Final = Path(__file__).resolve().parents[4]
TEXTS: Final = yaml.safe_load((ROOT / "seeds/texts/drivers_document_camera.yaml").read_text(encoding="utf-8"))
NOW: Final = datetime(2026, 11, 25, tzinfo=UTC)


def test_every_reason_has_a_verdict_and_every_text_too() -> None:
    assert {reason.value for reason in Reason} <= set(DIAGNOSIS.names)
    expected = {f"document_camera.{name}.{who}" for name in DIAGNOSIS.names for who in ("resident", "technician")}
    assert set(TEXTS) == expected


@pytest.mark.parametrize("name", DIAGNOSIS.names)
def test_every_verdict_has_texts_in_every_language(name: str) -> None:
    health = DIAGNOSIS.health(name, NOW)
    assert health.state in (State.ready, State.unknown) or health.cause is not None
    for text_id in (health.resident, health.technician):
        assert set(TEXTS[text_id]) == {"zh-Hans", "zh-Hant", "en"}
        assert text(text_id) == TEXTS[text_id]["zh-Hans"]


@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_tells_the_resident_what_to_do_without_our_words(reason: Reason) -> None:
    said = text(DIAGNOSIS.health(reason.value, NOW).resident)
    assert "请" in said
    assert not any(word in said for word in ("MRZ", "OCR", "像素", "分辨率", "阈值"))
    assert len(said) <= 34
