"""The capture format: whatever is recorded is read again as it was, and anything else is told by its line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.capture.text import (
    CAPTURE_BYTES_MAX,
    RECORD_BYTES_MAX,
    BadCapture,
    Capture,
    Happened,
    Passed,
    Record,
    dump,
    parse,
)

moments = st.integers(min_value=0, max_value=10**12).map(lambda micro: micro / 1_000_000)
passed = st.builds(Passed, moments, st.sampled_from((">", "<")), st.binary(min_size=1, max_size=40))
happened = st.builds(Happened, moments, st.sampled_from(("open", "close", "lost", "refused", "full")))
records: st.SearchStrategy[list[Record]] = st.lists(st.one_of(passed, happened), max_size=20)


@given(records)
def test_what_was_recorded_is_read_again(unordered: list[Record]) -> None:
    capture = Capture("id_card", tuple(sorted(unordered, key=lambda record: record.at)))
    assert parse(dump(capture)) == capture


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_other_text_is_refused_by_line_or_is_a_capture(text: str) -> None:
    for untrusted in (text, f"# zhizhu capture 1\n# kind id_card\n{text}"):
        with suppress(BadCapture):
            parse(untrusted)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("0.5 > AA", "秒 方向 字节"),
        ("0.500000 ? AA", "秒 方向 字节"),
        ("0.500000 > A", "十六进制"),
        ("0.500000 > 姓名", "十六进制"),
        ("0.500000 > " + "AA " * RECORD_BYTES_MAX + "AA", "1 到 65536"),
        ("0.500000 ! exploded", "不认识"),
        ("0.100000 > AA", "倒退"),
    ],
)
def test_a_wrong_line_is_named_with_the_reason(line: str, why: str) -> None:
    with pytest.raises(BadCapture, match=why) as refused:
        parse(f"# zhizhu capture 1\n# kind id_card\n0.200000 ! open\n# a remark\n\n{line}\n")
    assert refused.value.line == 6


def test_a_file_larger_than_any_capture_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadCapture, match="太大"):
        parse("# zhizhu capture 1\n# kind id_card\n" + "#" * CAPTURE_BYTES_MAX)


@pytest.mark.parametrize("text", ["", "# zhizhu capture 2\n# kind id_card\n", "# zhizhu capture 1\nid_card\n"])
def test_a_file_that_is_no_capture_is_told(text: str) -> None:
    with pytest.raises(BadCapture):
        parse(text)
