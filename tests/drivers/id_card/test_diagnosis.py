"""Every fault has its words, and every word to a resident ends with the card in her hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import yaml

from drivers.health import State
from drivers.id_card.diagnosis import ID_CARD, READY
from drivers.id_card.port import TAKE_BACK
from drivers.id_card.reply import STATUS_NAMES
from drivers.texts import text

ROOT: Final = Path(__file__).resolve().parents[3]
NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
ENDINGS: Final = {"zh-Hans": "请取回身份证。", "zh-Hant": "請取回身份證。", "en": "Please take your card back."}
TEXTS: Final = yaml.safe_load((ROOT / "seeds" / "texts" / "drivers_id_card.yaml").read_text(encoding="utf-8"))


def test_every_status_of_the_module_has_a_verdict() -> None:
    assert set(STATUS_NAMES.values()) <= set(ID_CARD.names)


@pytest.mark.parametrize("name", ID_CARD.names)
def test_every_verdict_has_its_texts(name: str) -> None:
    health = ID_CARD.health(name, NOW)
    assert (health.state is State.ready) or health.cause is not None
    for text_id in (health.resident, health.technician):
        assert set(TEXTS[text_id]) == set(ENDINGS)
        assert text(text_id) == TEXTS[text_id]["zh-Hans"]


@pytest.mark.parametrize("name", [name for name in ID_CARD.names if name != READY])
def test_every_fault_tells_the_resident_to_take_the_card_back(name: str) -> None:
    for language, words in TEXTS[ID_CARD.health(name, NOW).resident].items():
        assert words.endswith(ENDINGS[language])


def test_there_is_no_text_without_a_verdict() -> None:
    expected = {f"id_card.{name}.{who}" for name in ID_CARD.names for who in ("resident", "technician")} | {TAKE_BACK}
    assert set(TEXTS) == expected
    assert text(TAKE_BACK) == ENDINGS["zh-Hans"]
