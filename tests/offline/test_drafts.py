"""What the power cut short is opened by the same card alone, within its minutes, and leaves nothing behind."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline.drafts import MOST_BYTES, NAME, Drafts

KEY, CARD, OTHER = bytes(32), b"her card", b"another's"
KEEP = timedelta(minutes=10)


class Clocks:
    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        self.since_start_s = 0.0

    def drafts(self, folder: Path, key: bytes = KEY) -> Drafts:
        """As a process that starts now has them."""
        return Drafts(folder, key, KEEP, now=lambda: self.wall, monotonic_s=lambda: self.since_start_s)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@given(draft=st.binary(max_size=MOST_BYTES), holder=st.binary(min_size=1, max_size=64))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_what_was_put_is_opened_by_a_process_that_starts_later(tmp_path: Path, draft: bytes, holder: bytes) -> None:
    clocks = Clocks()
    clocks.drafts(tmp_path).put(holder, draft)
    assert clocks.drafts(tmp_path).open(holder) == draft
    assert clocks.drafts(tmp_path).open(holder + b"x") is None


def test_neither_another_card_nor_the_key_alone_opens_it_and_both_leave_it_there(
    tmp_path: Path, clocks: Clocks
) -> None:
    clocks.drafts(tmp_path).put(CARD, b"words")
    assert clocks.drafts(tmp_path).open(OTHER) is None
    assert clocks.drafts(tmp_path, bytes(31) + b"x").open(CARD) is None
    assert clocks.drafts(tmp_path).open(CARD) == b"words"


def test_the_file_is_as_long_whatever_is_in_it_and_holds_nothing_readable(tmp_path: Path, clocks: Clocks) -> None:
    sizes = set()
    for words in (b"", b"a witness was chosen", b"x" * MOST_BYTES):
        clocks.drafts(tmp_path).put(CARD, words)
        content = (tmp_path / NAME).read_bytes()
        assert not words or words[:16] not in content
        sizes.add(len(content))
    assert len(sizes) == 1
    with pytest.raises(ValueError, match="bytes"):
        clocks.drafts(tmp_path).put(CARD, b"x" * (MOST_BYTES + 1))


@pytest.mark.parametrize("passed", [KEEP, timedelta(days=400), timedelta(minutes=-2), timedelta(days=-400)])
def test_after_its_minutes_or_by_a_clock_that_cannot_be_true_it_is_gone(
    tmp_path: Path, clocks: Clocks, passed: timedelta
) -> None:
    clocks.drafts(tmp_path).put(CARD, b"words")
    clocks.wall += passed
    clocks.drafts(tmp_path).expire()
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_was_set_back_gives_it_no_more_than_its_minutes(tmp_path: Path, clocks: Clocks) -> None:
    clocks.drafts(tmp_path).put(CARD, b"words")
    later = clocks.drafts(tmp_path)
    clocks.since_start_s += KEEP.total_seconds() - 1
    assert later.open(CARD) == b"words"
    clocks.since_start_s += 1
    assert later.open(CARD) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("by", ["shred", "the next"])
def test_what_is_deleted_was_overwritten_before(tmp_path: Path, clocks: Clocks, by: str) -> None:
    drafts = clocks.drafts(tmp_path)
    drafts.put(CARD, b"words")
    size = (tmp_path / NAME).stat().st_size
    os.link(tmp_path / NAME, tmp_path / "a second name")
    if by == "shred":
        drafts.shred()
    else:
        drafts.put(OTHER, b"other words")
    assert (tmp_path / "a second name").read_bytes() == bytes(size)


@pytest.mark.parametrize("left", [b"", b"ZZD1", os.urandom(4200)])
def test_a_damaged_file_is_no_draft_and_goes(tmp_path: Path, clocks: Clocks, left: bytes) -> None:
    (tmp_path / NAME).write_bytes(left)
    assert clocks.drafts(tmp_path).open(CARD) is None
    assert not (tmp_path / NAME).exists()


def test_what_a_cut_left_of_half_a_draft_goes_too(tmp_path: Path, clocks: Clocks) -> None:
    (tmp_path / f".{NAME}.new").write_bytes(b"half")
    clocks.drafts(tmp_path).expire()
    assert list(tmp_path.iterdir()) == []
