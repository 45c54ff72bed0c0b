"""Every code says whose fault it is and has its words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from drivers.health import State
from drivers.receipt_printer.diagnosis import RECEIPT_PRINTER, code_of
from drivers.receipt_printer.status import Condition

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEXTS = Path(__file__).parents[3] / "seeds" / "texts" / "drivers_receipt_printer.yaml"


def test_every_code_has_its_texts_and_every_text_its_code() -> None:
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    healths = [RECEIPT_PRINTER.health(code, NOW) for code in RECEIPT_PRINTER.names]
    assert set(texts) == {text for health in healths for text in (health.resident, health.technician)}
    assert all(set(text) == {"zh-Hans", "zh-Hant", "en"} for text in texts.values())


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (Condition(), "ready"),
        (Condition(near_end=True), "near_end"),
        (Condition(offline=True, paper_end=True, near_end=True), "paper_end"),
        (Condition(offline=True, cover_open=True, paper_end=True), "cover_open"),
        (Condition(offline=True, error=True, cutter=True), "cutter"),
        (Condition(offline=True, unrecoverable=True), "broken"),
        (Condition(mechanical=True), "broken"),
        (Condition(overheated=True, offline=True), "overheated"),
        (Condition(feeding=True), "feeding"),
        (Condition(offline=True), "offline"),
        (Condition(error=True), "offline"),
    ],
)
def test_of_several_signs_the_one_to_be_put_right_first_is_told(condition: Condition, code: str) -> None:
    assert code_of(condition) == code


@given(st.builds(Condition, *[st.booleans()] * 10))
def test_a_stopped_printer_is_never_told_as_usable(condition: Condition) -> None:
    state = RECEIPT_PRINTER.health(code_of(condition), NOW).state
    assert (state in (State.ready, State.limited)) is not condition.stopped


def test_only_a_ready_printer_is_nobodys_fault() -> None:
    assert [code for code in RECEIPT_PRINTER.names if RECEIPT_PRINTER.health(code, NOW).cause is None] == ["ready"]
