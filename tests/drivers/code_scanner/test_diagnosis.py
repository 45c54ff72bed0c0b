"""Every fault has its words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, get_args

import pytest
import yaml

from drivers.code_scanner.code import Fault
from drivers.code_scanner.diagnosis import SCANNER as TABLE
from drivers.health import State
from drivers.texts import text

NOW: Final = datetime(2026, 11, 25, tzinfo=UTC)
LANGUAGES: Final = {"zh-Hans", "zh-Hant", "en"}
TEXTS: Final = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "seeds" / "texts" / "drivers_code_scanner.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", TABLE.names)
def test_every_verdict_has_its_texts(name: str) -> None:
    health = TABLE.health(name, NOW)
    assert health.state in (State.ready, State.unknown) or health.cause is not None
    for text_id in (health.resident, health.technician):
        assert set(TEXTS[text_id]) == LANGUAGES
        assert text(text_id) == TEXTS[text_id]["zh-Hans"]


def test_there_is_no_text_without_a_verdict() -> None:
    expected = {f"code_scanner.{name}.{who}" for name in TABLE.names for who in ("resident", "technician")}
    assert set(TEXTS) == expected


def test_everything_that_is_no_code_has_a_verdict() -> None:
    assert set(get_args(Fault)) <= set(TABLE.names)
