"""The full status of Custom's printers and the ejector's byte: what each bit means, and told apart from the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer.full_status import ejector_answer, ejector_condition, full_condition
from drivers.receipt_printer.status import Automatic, Condition, Full, Noise, Queued, RealTime, ReplyDecoder


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        ("00000000", Condition()),
        ("01000000", Condition(paper_end=True)),
        ("04000000", Condition(near_end=True)),
        ("40000000", Condition(near_end=True)),
        ("20000000", Condition(slip_in_mouth=True)),
        ("80000000", Condition()),  # the manuals disagree on what it means
        ("00010000", Condition(head_up=True)),
        ("00020000", Condition(cover_open=True)),
        ("000c0000", Condition()),  # spooling, motor on
        ("00200000", Condition(feeding=True)),
        ("00400000", Condition(feeding=True)),
        ("00000100", Condition(overheated=True)),
        ("00000200", Condition(garbled=True)),
        ("00000800", Condition(voltage=True)),
        ("00002000", Condition(garbled=True)),
        ("00004000", Condition(jam=True)),
        ("00008000", Condition(mark_missing=True)),
        ("00000001", Condition(cutter=True)),
        ("00000002", Condition(cutter_cover=True)),
        ("00000004", Condition(unrecoverable=True)),
        ("00000008", Condition(unrecoverable=True)),
        ("00000080", Condition(unrecoverable=True)),
        (
            "25024101",
            Condition(
                paper_end=True,
                near_end=True,
                slip_in_mouth=True,
                cover_open=True,
                overheated=True,
                jam=True,
                cutter=True,
            ),
        ),
    ],
)
def test_each_bit_of_the_full_status_means_what_the_manuals_say(data: str, condition: Condition) -> None:
    assert full_condition(bytes.fromhex(data), mouth=True) == condition


def test_the_reserved_bit_is_not_believed() -> None:
    assert full_condition(bytes.fromhex("20000000"), mouth=False) == Condition()


@pytest.mark.parametrize(
    ("byte", "condition"),
    [
        (0x00, Condition()),
        (0x01, Condition(near_end=True)),
        (0x04, Condition()),
        (0x08, Condition(slip_in_mouth=True)),
        (0x30, Condition()),
        (0x40, Condition(mechanical=True)),
        (0x80, Condition(jam=True)),
    ],
)
def test_each_bit_of_the_ejector_means_what_the_manual_says(byte: int, condition: Condition) -> None:
    assert ejector_condition(byte) == condition


@pytest.mark.parametrize(
    ("heard", "quiet", "answer"),
    [
        ("", True, None),
        ("08", False, 0x08),
        ("1208", False, 0x08),
        ("1000000f08", False, 0x08),
        ("1000000f", True, None),
        ("1000", False, None),
        ("18", False, None),
        ("18", True, 0x18),
        ("1800", True, None),
        ("1000000f18", True, 0x18),
    ],
)
def test_the_ejectors_byte_is_told_from_automatic_and_real_time_status(
    heard: str, quiet: bool, answer: int | None
) -> None:
    assert ejector_answer(bytes.fromhex(heard), quiet=quiet) == answer


@given(st.binary(max_size=64), st.booleans())
def test_any_bytes_are_an_ejectors_byte_or_none(heard: bytes, quiet: bool) -> None:
    answer = ejector_answer(heard, quiet=quiet)
    assert answer is None or isinstance(ejector_condition(answer), Condition)


def test_a_full_status_is_one_only_where_it_was_asked_for() -> None:
    data = bytes.fromhex("100f00000000")
    assert ReplyDecoder(full_expected=True).feed(data) == (Full(bytes(4)),)
    assert ReplyDecoder().feed(data) == (
        Automatic(Condition(mechanical=True, cutter=True)),
        Queued(Condition()),
        Queued(Condition()),
    )


def test_a_full_status_holds_any_bytes_and_what_follows_is_itself_again() -> None:
    decoder = ReplyDecoder(full_expected=True)
    assert decoder.feed(bytes.fromhex("12 10 0f 20 12 37 81 03")) == (
        RealTime(0x12),
        Full(bytes.fromhex("20123781")),
        Queued(Condition(near_end=True)),
    )
    assert not decoder.full_expected


def test_an_automatic_status_before_the_full_one_is_told_apart() -> None:
    assert ReplyDecoder(full_expected=True).feed(bytes.fromhex("1000000f 100f01000000")) == (
        Automatic(Condition()),
        Full(b"\x01\x00\x00\x00"),
    )


@pytest.mark.parametrize("byte", [0x20, 0x40, 0x60, 0x2F])
def test_a_byte_of_no_status_is_noise(byte: int) -> None:
    assert ReplyDecoder().feed(bytes([byte])) == (Noise(byte),)


@given(st.binary(max_size=100))
def test_any_bytes_in_any_split_give_the_same_replies(data: bytes) -> None:
    at_once = ReplyDecoder(full_expected=True).feed(data)
    decoder = ReplyDecoder(full_expected=True)
    assert tuple(reply for byte in data for reply in decoder.feed(bytes([byte]))) == at_once
