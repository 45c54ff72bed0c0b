"""Status bytes: the examples of the manuals, and bytes of any kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer.status import (
    Automatic,
    Cleared,
    Condition,
    Noise,
    Query,
    Queued,
    RealTime,
    Reply,
    ReplyDecoder,
    condition_of,
)


@pytest.mark.parametrize(
    ("query", "byte", "condition"),
    [
        (Query.PRINTER, 0x12, Condition()),
        (Query.PRINTER, 0x16, Condition()),
        (Query.PRINTER, 0x1A, Condition(offline=True)),
        (Query.PRINTER, 0x52, Condition(feeding=True)),
        (Query.OFFLINE, 0x16, Condition(cover_open=True)),
        (Query.OFFLINE, 0x32, Condition(paper_end=True)),
        (Query.OFFLINE, 0x52, Condition(error=True)),
        (Query.ERROR, 0x1A, Condition(cutter=True)),
        (Query.ERROR, 0x32, Condition(unrecoverable=True)),
        (Query.ERROR, 0x52, Condition(overheated=True)),
        (Query.PAPER, 0x12, Condition()),
        (Query.PAPER, 0x1E, Condition(near_end=True)),
        (Query.PAPER, 0x72, Condition(paper_end=True)),
        (Query.PAPER, 0x32, Condition(paper_end=True)),
        (Query.PAPER, 0x52, Condition(paper_end=True)),
        (Query.PAPER, 0x16, Condition(near_end=True)),
        (Query.PAPER, 0x1A, Condition(near_end=True)),
        (Query.PAPER, 0x7E, Condition(paper_end=True, near_end=True)),
    ],
)
def test_a_real_time_byte_means_what_the_manuals_say(query: Query, byte: int, condition: Condition) -> None:
    assert condition_of(query, byte) == condition


@pytest.mark.parametrize(
    ("data", "replies"),
    [
        ("12", (RealTime(0x12),)),
        ("00", (Queued(Condition()),)),
        ("03", (Queued(Condition(near_end=True)),)),
        ("0c", (Queued(Condition(paper_end=True)),)),
        ("0f", (Queued(Condition(near_end=True, paper_end=True)),)),
        ("10000000", (Automatic(Condition()),)),
        ("3800000f", (Automatic(Condition(offline=True, cover_open=True)),)),
        ("18000c0f", (Automatic(Condition(offline=True, paper_end=True)),)),
        ("1808000f", (Automatic(Condition(offline=True, cutter=True)),)),
        ("100012030f00", (RealTime(0x12), Automatic(Condition(near_end=True)), Queued(Condition()))),
        ("ff11", (Noise(0xFF), Noise(0x11))),
        ("20406c", (Noise(0x20), Noise(0x40), Noise(0x6C))),
        ("372500", (Cleared(),)),
        ("37120003", (RealTime(0x12), Noise(0x00), Queued(Condition(near_end=True)))),
        ("37250000", (Cleared(), Queued(Condition()))),
    ],
)
def test_the_three_kinds_of_status_are_told_apart(data: str, replies: tuple[Reply, ...]) -> None:
    assert ReplyDecoder().feed(bytes.fromhex(data)) == replies


def test_the_tail_of_an_automatic_status_is_never_taken_for_a_queued_answer() -> None:
    replies = ReplyDecoder().feed(bytes.fromhex("1000"))
    assert replies == ()


def test_a_near_end_does_not_stop_a_printer() -> None:
    assert not Condition(near_end=True).stopped
    assert Condition(near_end=True, paper_end=True).stopped


@given(st.binary(max_size=200))
def test_the_decoder_takes_any_bytes_in_any_split(data: bytes) -> None:
    at_once = ReplyDecoder().feed(data)
    decoder = ReplyDecoder()
    one_by_one = tuple(reply for byte in data for reply in decoder.feed(bytes([byte])))
    assert one_by_one == at_once


@given(st.sampled_from(list(Query)), st.integers(0, 255))
def test_every_byte_has_a_meaning_for_every_question(query: Query, byte: int) -> None:
    assert isinstance(condition_of(query, byte), Condition)


bits = st.booleans()


@given(st.builds(Condition, *[bits] * 10), st.builds(Condition, *[bits] * 10))
def test_two_conditions_together_have_all_that_each_has(one: Condition, other: Condition) -> None:
    both = one | other
    assert both.stopped == (one.stopped or other.stopped)
    assert both | one == both == other | both


flags = st.fixed_dictionaries(
    dict.fromkeys(
        (
            "offline",
            "cover_open",
            "feeding",
            "mechanical",
            "cutter",
            "unrecoverable",
            "overheated",
            "near_end",
            "paper_end",
        ),
        bits,
    )
)


@given(flags)
def test_an_automatic_status_comes_back_as_it_was_written(flag: dict[str, bool]) -> None:
    first = 0x10 | flag["offline"] << 3 | flag["cover_open"] << 5 | flag["feeding"] << 6
    second = flag["mechanical"] << 2 | flag["cutter"] << 3 | flag["unrecoverable"] << 5 | flag["overheated"] << 6
    third = 0x03 * flag["near_end"] | 0x0C * flag["paper_end"]
    assert ReplyDecoder().feed(bytes([first, second, third, 0x0F])) == (Automatic(Condition(**flag)),)
