"""The simulated printer takes any bytes, and behaves as the manuals say real ones do."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.receipt_printer.simulated.interpreter import Interpreter
from drivers.receipt_printer.simulated.picture import png_of
from drivers.receipt_printer.simulated.sensors import FAULTS
from drivers.receipt_printer.simulated.symbol import SymbolMemory

COMMANDS = (
    b"\x1b\x40",
    b"\x1c\x26",
    b"\x1c\x2e",
    b"\x1d\x21\x77",
    b"\x1c\x21\x0c",
    b"\x1b\x61\x02",
    b"\x1d\x76\x30\x00\x02\x00\x02\x00abcd",
    b"\x1d\x76\x30\x00\xff\xff\xff\xff",
    b"\x1d\x76\x30\x00\x00\x00\x02\x00",
    b"\x1d\x28\x6b\x04\x00\x31\x50\x30a",
    b"\x1d\x28\x6b\x03\x00\x31\x50\x30",
    b"\x1d\x28\x6b\x03\x00\x31\x51\x30",
    b"\x1d\x28\x6b\x03\x00\x31\x43\x10",
    b"\x1d\x28\x6b\x03\x00\x31\x43\x11",
    b"\x1d\x28\x6b\x03\x00\x31\x45\x31",
    b"\x1d\x28\x6b\x03\x00\x31\x45\x2f",
    b"\x1d\x28\x6b\x04\x00\x31\x41\x32\x00",
    b"\x1d\x28\x6b\x00\x00",
    b"\x1b\x76",
    b"\x1b\x69",
    b"\x1c\x2d\x02",
    b"\x1d\x65\x02",
    b"\x1d\x65\x03\x0c",
    b"\x1d\x65\x05",
    b"\x1d\x65\x09",
    b"\x1d\x56\x07",
    b"\x1c\x50\x0a\x01\x45\x03",
    b"\x1c\x50\x0a\x01\x00\x03",
    "─".encode("gb18030"),
    b"\x1d\x56\x42\x10",
    b"\x10\x04\x01",
    b"\x10\x04",
    b"\x10\x05\x02",
    b"\x10\x14\x08\x01\x03\x14",
    b"\x1d\x72\x01",
    b"\x1d\x61\xff",
    b"\x81\x39\xee\x39",
    b"\xff\xff",
    "养老".encode("gb18030"),
    b"\n",
)
streams = st.lists(st.sampled_from(COMMANDS) | st.binary(max_size=8), max_size=30).map(b"".join)


@settings(deadline=None)
@given(streams, st.lists(st.sampled_from(sorted(FAULTS)), max_size=3))
@example(b"\x1d\x28\x6b\x03\x00\x31\x51\x30", [])
def test_no_bytes_and_no_fault_make_it_raise(data: bytes, faults: list[str]) -> None:
    printer = Interpreter()
    printer.receive(data)
    for fault in faults:
        printer.fault(fault)
    printer.receive(data)
    printer.clear()
    for ticket in printer.tickets:
        assert png_of(ticket).startswith(b"\x89PNG")


@settings(deadline=None)
@given(streams)
@example(b"\x1d\x56\x42\x10\x10\x05\x02")
def test_the_split_of_the_bytes_changes_nothing(data: bytes) -> None:
    whole, split = Interpreter(), Interpreter()
    whole.receive(data)
    for byte in data:
        split.receive(bytes([byte]))
    assert [ticket.text for ticket in whole.tickets] == [ticket.text for ticket in split.tickets]


def test_real_time_status_answers_while_the_job_waits_and_queued_status_only_after_it() -> None:
    printer = Interpreter()
    printer.fault("paper_end")
    assert printer.receive(b"text\n\x1d\x72\x01\x10\x04\x01") == b"\x1a"
    printer.clear()
    assert printer.take_answers() == b"\x00"


@pytest.mark.parametrize(
    ("fault", "answers"),
    [
        (None, "12121212"),
        ("near_end", "1212121e"),
        ("paper_end", "1a32127e"),
        ("cover_open", "1a161212"),
        ("cutter", "1a521a12"),
    ],
)
def test_the_four_questions_are_answered_as_the_manuals_say(fault: str | None, answers: str) -> None:
    printer = Interpreter()
    if fault is not None:
        printer.fault(fault)
    assert printer.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04").hex() == answers


def test_both_commands_that_empty_the_buffers_do_and_one_of_them_answers() -> None:
    printer = Interpreter()
    printer.fault("paper_end")
    printer.receive(b"old\n")
    assert printer.receive(b"\x10\x05\x02") == b""
    assert printer.waiting_bytes == 0
    printer.receive(b"old\n")
    assert printer.receive(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08") == b"\x37\x25\x00"
    assert printer.waiting_bytes == 0


def test_an_unknown_command_is_noted() -> None:
    printer = Interpreter()
    printer.receive(b"\x1b\x99")
    assert list(printer.unknown) == ["1b99"]


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no such fault"):
        Interpreter().fault("haunted")


@pytest.mark.parametrize(("paper_mm", "columns"), [(80, 48), (58, 32)])
def test_a_line_too_long_goes_on_in_the_next(paper_mm: int, columns: int) -> None:
    printer = Interpreter(paper_mm)
    printer.receive(b"x" * (columns + 1) + b"\n\x1d\x56\x42\x00")
    assert printer.tickets[0].text == "x" * columns + "\nx"


@pytest.mark.parametrize(("paper_mm", "pixels"), [(80, 640), (58, 464)])
def test_the_picture_is_as_wide_as_the_paper_and_as_long_as_the_ticket(paper_mm: int, pixels: int) -> None:
    printer = Interpreter(paper_mm)
    printer.receive("好\n".encode("gb18030") * 10 + b"\x1d\x56\x42\x08")
    [ticket] = printer.tickets
    image = Image.open(io.BytesIO(png_of(ticket)))
    assert image.size == (pixels, ticket.length_dots)
    assert ticket.length_mm == (64 + 340 + 8) / 8


def test_a_roll_comes_to_its_end() -> None:
    printer = Interpreter(roll_mm=100)
    printer.receive(b"\n" * 30)
    assert "paper_end" in printer.sensors.faults
    assert printer.waiting_bytes > 0


def test_a_symbol_larger_than_any_is_not_drawn_and_one_without_data_neither() -> None:
    memory = SymbolMemory()
    assert memory.draw() is None
    assert memory.set(80, b"0" + b"x" * 5000)
    assert memory.draw() is None
    assert not memory.set(67, b"\x11")
    assert not memory.set(69, b"\x00")
    assert not memory.set(99, b"")
