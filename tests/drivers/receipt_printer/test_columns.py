"""Wrapping by what a line takes on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer.columns import clean, columns_of, wrap


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("养老", 4), ("养a", 3), ("𠮷", 2), ("·", 2), ("￥", 2)]
)
def test_a_hanzi_takes_two_columns(text: str, columns: int) -> None:
    assert columns_of(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 10, ("",)),
        ("养老待遇资格认证", 16, ("养老待遇资格认证",)),
        ("养老待遇资格认证", 15, ("养老待遇资格认", "证")),
        ("已经保存，不会丢失", 8, ("已经保", "存，不会", "丢失")),
        ("请看了（第二页）背面", 8, ("请看了", "（第二", "页）背面")),
        ("取件码 1234-567-890", 14, ("取件码", "1234-567-890")),
        ("取件码1234-567-890号", 14, ("取件码", "1234-567-890号")),
        ("aaaaaaaaaaaa", 5, ("aaaaa", "aaaaa", "aa")),
        ("一行\n两行", 20, ("一行", "两行")),
        ("  缩进", 8, ("  缩进",)),
        ("one two three", 7, ("one two", "three")),
    ],
)
def test_text_is_broken_by_columns_and_chinese_habit(text: str, columns: int, lines: tuple[str, ...]) -> None:
    assert wrap(text, columns) == lines


def test_a_line_narrower_than_a_hanzi_is_refused() -> None:
    with pytest.raises(ValueError, match="one Chinese character"):
        wrap("好", 1)


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("养，。（）a1 -\n")), st.integers(2, 48))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(columns_of(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == clean(text.replace("\n", "")).replace(" ", "")


@given(st.text())
def test_nothing_that_a_printer_would_obey_is_left(text: str) -> None:
    assert all(ord(char) >= 0x20 and ord(char) != 0x7F for char in clean(text))
    clean(text).encode("gb18030")
