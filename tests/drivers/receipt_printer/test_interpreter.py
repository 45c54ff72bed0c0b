"""The simulated printer takes any bytes, and behaves as the manuals say real ones do."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.receipt_printer.simulated.interpreter import Interpreter
from drivers.receipt_printer.simulated.paper import Dots, Row
from drivers.receipt_printer.simulated.picture import _BLACK, png_of
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


CUT = b"\x1d\x56\x42\x00"


def test_only_a_printer_that_knows_the_full_status_answers_it() -> None:
    assert Interpreter().receive(b"\x10\x04\x14") == b""
    kiosk = Interpreter(model="vkp80ii")
    assert kiosk.receive(b"\x10\x04\x14").hex() == "100f00000000"
    kiosk.fault("slip_left")
    kiosk.receive(b"slip\n" + CUT)
    assert kiosk.receive(b"\x10\x04\x14").hex() == "100f20000000"


def test_a_recovered_cutter_goes_on_with_what_waits_and_a_purged_one_does_not() -> None:
    for command, printed in ((b"\x10\x05\x01", ["old"]), (b"\x10\x05\x02", [])):
        printer = Interpreter()
        printer.fault("cutter")
        printer.receive(b"old\n" + CUT)
        printer.receive(command)
        assert "cutter" not in printer.sensors.faults
        printer.receive(b"")
        assert [ticket.text for ticket in printer.tickets] == printed


def test_a_printer_that_is_deaf_to_the_purge_prints_the_old_slip_when_it_can() -> None:
    printer = Interpreter()
    printer.fault("deaf_to_purge")
    printer.fault("paper_end")
    printer.receive(b"old\n" + CUT)
    assert printer.receive(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08") == b""
    printer.clear()
    assert [ticket.text for ticket in printer.tickets] == ["old"]


def test_a_hung_printer_takes_nothing_and_has_forgotten_everything_when_it_is_well() -> None:
    printer = Interpreter()
    printer.fault("silent")
    assert printer.receive(b"lost\n" + CUT + b"\x10\x04\x01") == b""
    printer.clear()
    assert printer.receive(b"new\n" + CUT + b"\x10\x04\x01") == b"\x12"
    assert [ticket.text for ticket in printer.tickets] == ["new"]


def test_a_printer_that_hangs_midway_stops_there() -> None:
    printer = Interpreter()
    printer.fault("silent_midway")
    assert printer.receive(b"\n" * 20 + b"after\n" + CUT + b"\x1d\x72\x01") == b""
    assert printer.waiting_bytes > 0
    printer.clear()
    assert printer.waiting_bytes == 0
    assert "after" not in "".join(ticket.text for ticket in printer.tickets)


def test_what_is_under_the_head_is_torn_off_when_the_cover_is_opened() -> None:
    printer = Interpreter()
    printer.receive(b"half\n")
    printer.fault("cover_open")
    printer.clear()
    assert [ticket.text for ticket in printer.tickets] == ["half"]
    printer.receive(b"next\n" + CUT)
    assert [ticket.text for ticket in printer.tickets] == ["half", "next"]


def test_a_buffer_that_is_full_loses_what_comes_after() -> None:
    printer = Interpreter()
    printer.fault("offline")
    printer.receive(b"x" * 65_537)
    assert printer.waiting_bytes == 65_536


def test_without_hanzi_high_bytes_are_questions_and_control_bytes_leave_no_mark() -> None:
    printer = Interpreter()
    printer.receive(b"a\x07\x7fb\n\x1c\x2e" + "好".encode("gb18030") + b"\n" + CUT)
    assert printer.tickets[0].text == "ab\n??"


def test_a_character_of_four_bytes_is_one() -> None:
    printer = Interpreter()
    for byte in "㐂\n".encode("gb18030") + CUT:
        printer.receive(bytes([byte]))
    assert printer.tickets[0].text == "㐂"


@pytest.mark.parametrize("cut", [b"\x1b\x69", b"\x1b\x6d", b"\x1d\x56\x00", b"\x1d\x56\x31", b"\x1d\x56\x41\x00"])
def test_every_way_to_cut_ends_the_ticket_and_prints_the_line_that_was_begun(cut: bytes) -> None:
    printer = Interpreter()
    for byte in b"begun" + cut + b"rest\n":
        printer.receive(bytes([byte]))
    assert [ticket.text for ticket in printer.tickets] == ["begun"]


def test_a_way_to_cut_that_there_is_not_cuts_nothing_and_is_noted() -> None:
    printer = Interpreter()
    printer.receive(b"line\n\x1d\x56\x07")
    assert (list(printer.tickets), list(printer.unknown)) == ([], ["1d5607"])


@pytest.mark.parametrize(("feed", "dots"), [(b"\x1b\x64\x03", 3 * 34), (b"\x1b\x4a\x11", 17), (b"\x1b\x33\x28\n", 40)])
def test_a_feed_moves_the_paper_as_far_as_it_says(feed: bytes, dots: int) -> None:
    printer = Interpreter()
    printer.receive(b"\x1b\x40")
    before = printer.used_dots
    for byte in feed:
        printer.receive(bytes([byte]))
    assert printer.used_dots - before == dots


def test_the_ejector_pushes_out_draws_back_and_lets_fall() -> None:
    printer = Interpreter(model="kpm")
    printer.fault("slip_left")
    told = b"\x1d\x65\x06"
    assert printer.receive(told) == b"\x04"
    printer.receive(b"one\n" + CUT)
    assert printer.receive(told) == b"\x0c"
    assert not printer.mouth.take()
    for byte in b"\x1d\x65\x03\x0c":
        printer.receive(bytes([byte]))
    assert printer.mouth.take()
    printer.receive(b"two\n" + CUT + b"\x1d\x65\x02")
    assert printer.receive(told) == b"\x04"
    printer.receive(b"three\n" + CUT + b"\x1d\x65\x05\x1d\x65\x05\x1d\x65\x02")
    assert [ticket.text for ticket in printer.tickets] == ["one", "three"]
    assert [ticket.text for ticket in printer.mouth.bin] == ["two"]
    printer.receive(b"\x1d\x65\x09")
    assert list(printer.unknown) == ["1d6509"]


@pytest.mark.parametrize(("after", "given", "drawn_back"), [(b"E", ["slip"], []), (b"R", [], ["slip"])])
def test_a_presented_slip_that_nobody_takes_falls_or_is_drawn_back_when_its_time_is_over(
    after: bytes, given: list[str], drawn_back: list[str]
) -> None:
    clock = [0.0]
    printer = Interpreter(model="vkp80iii", monotonic=lambda: clock[0])
    printer.fault("slip_left")
    for byte in b"slip\n\x1c\x50\x0a\x01" + after + b"\x05":
        printer.receive(bytes([byte]))
    clock[0] = 4.9
    printer.receive(b"")
    assert printer.mouth.slip is not None
    clock[0] = 5.0
    printer.receive(b"")
    assert [ticket.text for ticket in printer.tickets] == given
    assert [ticket.text for ticket in printer.mouth.bin] == drawn_back


def test_a_presented_slip_with_no_word_on_what_comes_after_stays() -> None:
    clock = [0.0]
    printer = Interpreter(model="vkp80iii", monotonic=lambda: clock[0])
    printer.fault("slip_left")
    printer.receive(b"slip\n\x1c\x50\x0a\x01\x00\x05")
    clock[0] = 1_000.0
    printer.receive(b"")
    assert printer.mouth.slip is not None
    assert list(printer.unknown) == ["1c500a010005"]


def test_what_only_a_kiosk_printer_knows_is_unknown_to_a_counter_printer() -> None:
    printer = Interpreter()
    printer.receive(b"\x1d\x65\x06")
    printer.receive(b"\x1c\x50")
    assert list(printer.unknown) == ["1d65", "1c50"]


def test_a_picture_is_printed_as_it_is_and_one_too_large_is_noted() -> None:
    printer = Interpreter()
    for byte in b"\x1d\x76\x30\x00\x01\x00\x02\x00\xa0\x01":
        printer.receive(bytes([byte]))
    printer.receive(b"\x1d\x76\x30\x00\xff\xff\xff\xff" + CUT)
    assert list(printer.unknown) == ["1d763000ffffffff"]
    [picture] = printer.tickets[0].marks
    assert isinstance(picture, Dots)
    assert picture.rows == (
        (True, False, True, False, False, False, False, False),
        (False, False, False, False, False, False, False, True),
    )


def test_a_symbol_is_drawn_with_its_data_and_one_that_is_wider_than_the_paper_is_not() -> None:
    printer = Interpreter(58)
    store, draw, large = b"\x1d\x28\x6b\x05\x00\x31\x50\x30ab", b"\x1d\x28\x6b\x03\x00\x31\x51\x30", b"\x10"
    for byte in store + draw:
        printer.receive(bytes([byte]))
    printer.receive(b"\x1d\x28\x6b\x03\x00\x31\x43" + large)
    printer.receive(b"\x1d\x28\x6b\xfa\x00\x31\x50\x30" + b"x" * 247 + draw + CUT)
    assert list(printer.tickets[0].qr) == ["ab"]
    assert len(printer.unknown) == 1


def test_automatic_status_is_told_when_it_is_switched_on_and_at_each_change_until_it_is_off() -> None:
    printer = Interpreter()
    assert len(printer.receive(b"\x1d\x61\xff")) == 4
    printer.fault("cover_open")
    assert printer.take_answers()[0] & 0x28 == 0x28
    printer.clear()
    assert printer.take_answers()[0] & 0x28 == 0
    assert printer.receive(b"\x1d\x61\x00") == b""
    printer.fault("cover_open")
    assert printer.take_answers() == b""


def test_a_short_roll_says_that_it_ends_before_it_does() -> None:
    printer = Interpreter()
    printer.fault("short_roll")
    assert printer.receive(b"\x1d\x72\x01\x1d\x72\x02") == b"\x03\x00"


def test_an_underline_and_a_line_across_are_inked_without_gaps() -> None:
    printer = Interpreter()
    printer.receive(b"\x1b\x2d\x01ab\n\x1b\x2d\x00" + "──\n".encode("gb18030") + CUT)
    [ticket] = printer.tickets
    page = Image.open(io.BytesIO(png_of(ticket)))
    underlined, across = ticket.marks
    assert isinstance(underlined, Row)
    assert isinstance(across, Row)
    margin = (page.width - ticket.width_dots) // 2

    def is_inked(row: Row, y: int) -> bool:
        return all(page.getpixel((margin + x, y)) == _BLACK for x in range(row.width_dots))

    assert is_inked(underlined, underlined.top + underlined.height_dots)
    assert is_inked(across, across.top + across.height_dots // 2)
