"""Amounts are said in the words that people say them in."""

from __future__ import annotations

import pytest

from kiosk.money import yuan_text, yuan_words


@pytest.mark.parametrize(
    ("fen", "figures", "said"),
    [
        (40_000, "400.00", "四百元整"),
        (1_000, "10.00", "十元整"),
        (11_05, "11.05", "十一元零五分"),
        (1_005_30, "1005.30", "一千零五元三角"),
        (20_001_00, "20001.00", "二万零一元整"),
        (100_500_00, "100500.00", "十万零五百元整"),
        (123_456_78, "123456.78", "十二万三千四百五十六元七角八分"),
        (1_000_001_00, "1000001.00", "一百万零一元整"),
        (10, "0.10", "一角"),
        (0, "0.00", "零元整"),
    ],
)
def test_an_amount_in_figures_and_in_words(fen: int, figures: str, said: str) -> None:
    assert (yuan_text(fen), yuan_words(fen)) == (figures, said)
