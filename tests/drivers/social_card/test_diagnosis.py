"""Every fault has its words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
import yaml

from drivers.health import State
from drivers.social_card.apdu import STATUS_NAMES
from drivers.social_card.diagnosis import READER as TABLE
from drivers.social_card.pcsc_wire import TAGS
from drivers.social_card.port import TAKE_BACK
from drivers.texts import text

NOW: Final = datetime(2026, 11, 25, tzinfo=UTC)
LANGUAGES: Final = {"zh-Hans", "zh-Hant", "en"}
TEXTS: Final = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "seeds" / "texts" / "drivers_social_card.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", TABLE.names)
def test_every_verdict_has_its_texts(name: str) -> None:
    health = TABLE.health(name, NOW)
    assert health.state in (State.ready, State.unknown) or health.cause is not None
    for text_id in (health.resident, health.technician):
        assert set(TEXTS[text_id]) == LANGUAGES
        assert text(text_id) == TEXTS[text_id]["zh-Hans"]


def test_there_is_no_text_without_a_verdict() -> None:
    expected = {f"social_card.{name}.{who}" for name in TABLE.names for who in ("resident", "technician")}
    assert set(TEXTS) == expected | {TAKE_BACK}


def test_whatever_a_card_or_its_parent_process_says_has_a_verdict() -> None:
    assert {*STATUS_NAMES, *TAGS.values(), "hung", "died", "needs_psam"} - {"done"} <= set(TABLE.names)


@pytest.mark.parametrize("name", [name for name in TABLE.names if name not in ("ready", "untried")])
def test_every_fault_tells_the_resident_to_take_the_card_back(name: str) -> None:
    for language, words in TEXTS[TABLE.health(name, NOW).resident].items():
        assert words.endswith(TEXTS[TAKE_BACK][language])
