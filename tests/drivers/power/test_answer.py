"""The codec: what real servers say, what only a hostile one would, and every value there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.power import answer as answers
from drivers.power.answer import (
    LINE_BYTES_MAX,
    BadAnswer,
    LineCutter,
    ListBegins,
    ListEnds,
    Message,
    Refusal,
    Variable,
    message_of,
    words_of,
)
from drivers.power.port import Battery
from drivers.power.status import battery_of, name_of


@pytest.mark.parametrize(
    ("line", "message"),
    [
        # said by upsd 2.8.0
        (b"BEGIN LIST VAR vups", ListBegins("vups")),
        (b'VAR vups ups.model "a \\"quoted\\" back\\\\slash"', Variable("vups", "ups.model", 'a "quoted" back\\slash')),
        (b'VAR vups ups.status "OL"', Variable("vups", "ups.status", "OL")),
        (b"END LIST VAR vups", ListEnds("vups")),
        (b"ERR DRIVER-NOT-CONNECTED", Refusal("DRIVER-NOT-CONNECTED")),
        (b"ERR UNKNOWN-UPS\r", Refusal("UNKNOWN-UPS")),
        (b'VAR u ups.status ""', Variable("u", "ups.status", "")),
        (b'VAR u ups.mfr "\xff\xfe"', Variable("u", "ups.mfr", "��")),
    ],
)
def test_what_servers_say_is_understood(line: bytes, message: Message) -> None:
    assert message_of(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"OK Goodbye",
        b"VAR u ups.status",
        b'VAR u ups.status "OL',
        b'VAR u ups.status "OL"x',
        b'VAR u ups.status "OL" more',
        b"VAR u a\\b c",
        b'"',
        b"BEGIN LIST UPS",
        b"ERR",
        b"x" * (LINE_BYTES_MAX + 1),
    ],
)
def test_what_is_no_message_is_a_bad_answer(line: bytes) -> None:
    with pytest.raises(BadAnswer):
        message_of(line)


VALUES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=100)


@given(value=VALUES)
def test_every_value_survives_its_quotes(value: str) -> None:
    line = f"VAR u x {answers.quoted(value)}".encode()
    assert message_of(line) == Variable("u", "x", value)


@given(line=st.binary(max_size=300))
def test_hostile_bytes_give_words_or_a_bad_answer(line: bytes) -> None:
    try:
        words = words_of(line)
    except BadAnswer:
        return
    assert all(isinstance(word, str) for word in words)


@given(data=st.lists(st.binary(max_size=40), max_size=20))
def test_lines_are_the_same_however_they_arrive(data: list[bytes]) -> None:
    cutter = LineCutter()
    lines = [line for piece in data for line in cutter.feed(piece)]
    *whole, rest = b"".join(data).split(b"\n")
    assert lines == whole
    assert cutter.begun == bool(rest)


def test_a_line_that_does_not_end_is_dropped_and_the_next_is_read() -> None:
    cutter = LineCutter()
    with pytest.raises(BadAnswer):
        cutter.feed(b"x" * (LINE_BYTES_MAX + 1))
    assert cutter.feed(b"ERR A\n") == [b"ERR A"]


@pytest.mark.parametrize(
    ("status", "name"),
    [
        ("OL", "ready"),
        ("OL CHRG", "ready"),
        ("OL TRIM", "ready"),
        ("OB DISCHRG", "on_battery"),
        ("OB", "on_battery"),
        ("OB LB", "battery_low"),
        ("OB LB RB", "battery_low"),
        ("OL FSD", "battery_low"),
        ("OL LB CHRG", "recharging"),
        ("OL RB", "replace_battery"),
        ("OB RB", "on_battery"),
        ("OL OVER", "overloaded"),
        ("BYPASS", "bypass"),
        ("OL BYPASS", "bypass"),
        ("OB CAL", "calibrating"),
        ("OL CAL", "calibrating"),
        ("OFF", "off"),
        ("OL OFF", "off"),
        ("WAIT", "waiting"),
        ("", "unclear"),
        ("ALARM", "unclear"),
        ("ONLINE", "unclear"),
    ],
)
def test_the_most_pressing_thing_of_a_status_is_told(status: str, name: str) -> None:
    assert name_of(status) == name


@pytest.mark.parametrize(
    ("charge", "runtime", "battery"),
    [
        ("100", "1800", Battery(100.0, 1800.0)),
        ("64.5", "0", Battery(64.5, 0.0)),
        ("101", "-1", Battery(None, None)),
        ("nan", "inf", Battery(None, None)),
        ("", "soon", Battery(None, None)),
    ],
)
def test_numbers_that_cannot_be_true_are_not_told(charge: str, runtime: str, battery: Battery) -> None:
    assert battery_of({"battery.charge": charge, "battery.runtime": runtime}) == battery
    assert battery_of({}) == Battery()
