"""Codes out of bytes: lines, key strokes, set-up frames; in any split, and with anything else around them."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.code_scanner import event as events
from drivers.code_scanner import gm65, keymap
from drivers.code_scanner.code import CODE_BYTES_MAX, BadCode, Broken, Finder, Item, item_of, parse
from drivers.code_scanner.event import BadEvent, Event
from drivers.code_scanner.keys import REPEATS_MAX, KeyFinder, press, strokes_of
from drivers.code_scanner.line import LineFinder
from drivers.code_scanner.port import Scanned

CHINESE: Final = "取件码0042"
WORDS: Final = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
    min_size=1,
    max_size=40,
)
TYPED: Final = st.text(st.sampled_from(sorted(keymap.STROKES)), min_size=1, max_size=40)
RETURN: Final = press(28, events.DOWN) + press(28, events.UP)


def fed(finder: Finder, data: bytes, cuts: list[int]) -> list[Item]:
    """The items of these bytes, handed in in pieces of these sizes."""
    found: list[Item] = []
    at = 0
    for cut in [*cuts, len(data)]:
        found += finder.feed(data[at : at + cut])
        at += cut
    return found


CUTS: Final = st.lists(st.integers(0, 30), max_size=20)


@given(words=WORDS)
def test_a_text_is_read_back_from_its_utf8(words: str) -> None:
    assert parse(words.encode()) == Scanned(words, words.encode())


@given(words=st.text("取件码养老村民智助龙门", min_size=1, max_size=20))
def test_a_text_in_gb18030_is_read_where_it_is_no_utf8(words: str) -> None:
    raw = words.encode("gb18030")
    scanned = parse(raw)
    assert scanned.raw == raw
    # Some pairs of bytes are letters in both; then UTF-8 is right in the field.
    assert scanned.text in (words, raw.decode("utf-8", errors="replace"))


def test_chinese_is_read_in_either_encoding() -> None:
    assert parse(CHINESE.encode()).text == parse(CHINESE.encode("gb18030")).text == CHINESE


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", "noise"),
        (b"\x00", "control"),
        (b"ABC\x07", "control"),
        (b"AB\tC", "control"),
        (b"\x7f", "control"),
        (b"\xff\xff\xff", "not_text"),
        ("\x85".encode(), "not_text"),
        ("\ufeffA".encode(), "not_text"),
        (b"A" * (CODE_BYTES_MAX + 1), "too_long"),
    ],
)
def test_what_is_no_code_is_told_by_name(raw: bytes, fault: str) -> None:
    with pytest.raises(BadCode) as bad:
        parse(raw)
    assert bad.value.fault == fault


def test_the_separators_of_gs1_codes_are_part_of_the_code() -> None:
    assert parse(b"0106901234567892\x1d10AB").text == "0106901234567892\x1d10AB"


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_code_or_one_typed_error(data: bytes) -> None:
    item = item_of(data)
    assert item.raw == data if isinstance(item, Scanned) else item.fault in ("noise", "control", "not_text", "too_long")


def test_a_code_in_a_log_line_says_nothing() -> None:
    assert repr(Scanned("secret", b"secret")) == "<Scanned 6 bytes>"


@given(codes=st.lists(WORDS, max_size=5), end=st.sampled_from([b"\r", b"\n", b"\r\n"]), cuts=CUTS)
def test_lines_are_cut_at_their_suffix_in_any_split(codes: list[str], end: bytes, cuts: list[int]) -> None:
    finder = LineFinder()
    data = b"".join(code.encode() + end for code in codes)
    assert [item.text for item in fed(finder, data, cuts) if isinstance(item, Scanned)] == codes
    assert not finder.begun
    assert finder.idle() == ()


def test_a_line_without_suffix_ends_where_it_falls_still() -> None:
    finder = LineFinder()
    assert finder.feed(b"AB") == finder.feed(b"CD") == ()
    assert finder.begun
    assert finder.idle() == (Scanned("ABCD", b"ABCD"),)
    assert not finder.begun


def test_where_a_suffix_is_sure_a_line_without_one_is_half_a_code() -> None:
    finder = LineFinder(needs_suffix=True)
    finder.feed(b"ABCD")
    assert finder.idle() == (Broken("half"),)
    assert finder.idle() == ()
    assert finder.feed(b"EF\r") == (Scanned("EF", b"EF"),)


@pytest.mark.parametrize("needs_suffix", [True, False])
def test_a_line_that_never_ends_is_too_long_and_held_no_longer(needs_suffix: bool) -> None:
    finder = LineFinder(needs_suffix=needs_suffix)
    for _ in range(50):
        assert finder.feed(b"A" * 1000) == ()
    assert len(finder._held) == CODE_BYTES_MAX
    assert finder.idle() == (Broken("too_long"),)
    assert not finder.begun
    assert finder.feed(b"A" * (CODE_BYTES_MAX + 1) + b"\rB\r") == (Broken("too_long"), Scanned("B", b"B"))


@given(data=st.binary(max_size=300), cuts=CUTS)
def test_a_line_of_anything_gives_items_and_ends_empty(data: bytes, cuts: list[int]) -> None:
    finder = LineFinder()
    found = [*fed(finder, data, cuts), *finder.idle()]
    assert all(isinstance(item, Scanned | Broken) for item in found)
    assert not finder.begun


@given(type_=st.sampled_from([0, 1, 4, 17, 20]), code=st.integers(0, 0x2FF), value=st.integers(0, 2))
def test_an_event_is_read_back_from_its_bytes(type_: int, code: int, value: int) -> None:
    event = Event(type_, code, value)
    assert events.parse(events.encode(event, 1_795_000_000, 999_999)) == event


def test_an_event_has_the_bytes_of_the_kernel() -> None:
    # A Return pressed, as `hexdump /dev/input/event0` shows it on a little-endian machine.
    raw = bytes.fromhex("80e8fd6a00000000 40e2010000000000 0100 1c00 01000000".replace(" ", ""))
    assert events.parse(raw) == Event(events.KEY, 28, events.DOWN)
    assert events.encode(Event(events.KEY, 28, events.DOWN), 0x6AFDE880, 123456) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(23),
        bytes(25),
        events.encode(Event(3, 0, 0)),
        events.encode(Event(1, 0x300, 1)),
        events.encode(Event(1, 28, 3)),
        events.encode(Event(1, 28, -1)),
        events.encode(Event(1, 28, 1), 0, 1_000_000),
        events.encode(Event(1, 28, 1), 0, -1),
    ],
)
def test_what_no_keyboard_says_is_a_bad_event(raw: bytes) -> None:
    with pytest.raises(BadEvent):
        events.parse(raw)


@given(codes=st.lists(TYPED, max_size=4), cuts=CUTS)
def test_what_is_typed_is_read_in_any_split(codes: list[str], cuts: list[int]) -> None:
    finder = KeyFinder()
    data = b"".join(strokes_of(code) + RETURN for code in codes)
    assert [item.text for item in fed(finder, data, cuts) if isinstance(item, Scanned)] == codes
    assert not finder.begun
    assert finder.idle() == ()


@pytest.mark.parametrize("end", [28, 96, 15])
def test_return_enter_and_tab_end_a_code(end: int) -> None:
    assert KeyFinder().feed(strokes_of("Ab") + press(end, events.DOWN)) == (Scanned("Ab", b"Ab"),)


def test_the_right_shift_key_and_the_number_pad_type_too() -> None:
    data = press(54, events.DOWN) + press(30, events.DOWN) + press(54, events.UP) + press(30, events.DOWN)
    data += b"".join(press(code, events.DOWN) for code in (71, 82, 83, 98))
    assert KeyFinder().feed(data + RETURN) == (Scanned("Aa70./", b"Aa70./"),)


def test_num_lock_and_lamps_and_scan_codes_are_passed_over() -> None:
    data = press(69, events.DOWN) + events.encode(Event(events.LED, 0, 1)) + events.encode(Event(events.MSC, 4, 458756))
    assert KeyFinder().feed(data + strokes_of("7") + RETURN) == (Scanned("7", b"7"),)


def test_a_keyboard_that_falls_still_has_ended_its_code() -> None:
    finder = KeyFinder()
    assert finder.feed(strokes_of("42")) == ()
    assert finder.begun
    assert finder.idle() == (Scanned("42", b"42"),)


def test_a_key_without_a_character_spoils_its_code_only() -> None:
    finder = KeyFinder()
    spoilt = strokes_of("1") + press(0x1D, events.DOWN) + strokes_of("2") + RETURN
    assert finder.feed(spoilt + strokes_of("3") + RETURN) == (Broken("foreign_key"), Scanned("3", b"3"))


def test_a_key_that_is_held_is_told_while_it_lasts() -> None:
    finder = KeyFinder()
    held = press(30, events.DOWN) + press(30, events.REPEAT) * (REPEATS_MAX - 1)
    assert finder.feed(held) == ()
    assert finder.feed(press(30, events.REPEAT)) == (Broken("stuck_key"),)
    assert finder.feed(press(30, events.REPEAT) * REPEATS_MAX) == (Broken("stuck_key"),)
    assert finder.feed(press(30, events.UP) + strokes_of("3") + RETURN) == (Scanned("3", b"3"),)


def test_lost_keys_spoil_the_code_and_what_follows_them_is_read() -> None:
    finder = KeyFinder()
    dropped = events.encode(Event(events.SYN, events.SYN_DROPPED, 0))
    data = strokes_of("1A")[:-24] + dropped + strokes_of("2")[:24] + press(3, events.DOWN)
    assert finder.feed(data + RETURN) == (Broken("keys_lost"),)
    assert finder.feed(strokes_of("3") + RETURN) == (Scanned("3", b"3"),)


def test_typing_that_never_ends_is_too_long() -> None:
    finder = KeyFinder()
    for _ in range(CODE_BYTES_MAX + 10):
        assert finder.feed(press(30, events.DOWN)) == ()
    assert finder.feed(RETURN) == (Broken("too_long"),)


def test_a_lost_place_among_the_events_is_found_again_after_stillness() -> None:
    finder = KeyFinder()
    assert finder.feed(b"\xff" * 3 + strokes_of("1") + RETURN) == ()
    assert finder.feed(strokes_of("2") + RETURN) == ()
    assert finder.begun
    assert finder.idle() == (Broken("noise"),)
    assert finder.feed(strokes_of("3") + RETURN) == (Scanned("3", b"3"),)


def test_half_an_event_is_noise() -> None:
    finder = KeyFinder()
    assert finder.feed(bytes(5)) == ()
    assert finder.begun
    assert finder.idle() == (Broken("noise"),)


@given(data=st.binary(max_size=400), cuts=CUTS)
def test_events_of_anything_give_items_and_end_empty(data: bytes, cuts: list[int]) -> None:
    finder = KeyFinder()
    found = [*fed(finder, data, cuts), *finder.idle()]
    assert all(isinstance(item, Scanned | Broken) for item in found)
    assert not finder.begun


def test_a_text_without_keys_cannot_be_typed() -> None:
    with pytest.raises(ValueError):
        strokes_of("码")


@pytest.mark.parametrize(
    ("made", "published"),
    [
        (gm65.read_zone(0x002A, 2), "7E000701002A02D80F"),
        (gm65.write_zone(0x002A, b"\x39\x01"), "7E000802002A3901A7EA"),
        (gm65.save(), "7E0009010000 00DEC8"),
        (gm65.reply(b"\0"), "02000001003331"),
    ],
)
def test_set_up_frames_are_the_published_ones(made: bytes, published: str) -> None:
    assert made == bytes.fromhex(published.replace(" ", ""))


@given(address=st.integers(0, 0xFFFF), data=st.binary(min_size=1, max_size=255), count=st.integers(1, 255))
def test_an_order_is_read_back_from_its_frame(address: int, data: bytes, count: int) -> None:
    assert gm65.parse_command(gm65.read_zone(address, count)) == gm65.Command("read", address, count=count)
    frame = gm65.write_zone(address, data)
    assert gm65.parse_command(frame) == gm65.Command("write", address, data, len(data))
    assert gm65.command_bytes(frame[:4]) == len(frame)
    assert gm65.command_bytes(frame[:3]) is None
    assert gm65.parse_command(frame[:-2] + gm65.UNCHECKED).data == data
    assert gm65.parse_command(gm65.save()).kind == "save"


@given(data=st.binary(max_size=300))
def test_any_bytes_are_an_order_or_one_typed_error(data: bytes) -> None:
    for frame in (data, gm65.HEAD + data):
        try:
            assert gm65.parse_command(frame).kind in ("read", "write", "save")
        except gm65.BadFrame:
            continue


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "7E00",
        "7F000701002A02D80F",
        "7E000601002A02ABCD",
        "7E000702002A02ABCD",
        "7E000701002A02D80E",
        "7E000701002A00ABCD",
        "7E000702002A0202ABCD",
    ],
)
def test_what_the_module_would_not_take_is_a_bad_frame(raw: str) -> None:
    with pytest.raises(gm65.BadFrame):
        gm65.parse_command(bytes.fromhex(raw))


@pytest.mark.parametrize("count", [0, 256])
def test_an_order_has_its_bounds(count: int) -> None:
    with pytest.raises(ValueError):
        gm65.read_zone(0, count)
    with pytest.raises(ValueError):
        gm65.write_zone(0, bytes(count))


@given(before=st.binary(max_size=20), data=st.binary(min_size=1, max_size=255), after=st.binary(max_size=20))
def test_an_answer_is_found_among_codes(before: bytes, data: bytes, after: bytes) -> None:
    clean = before.replace(b"\x02", b"A")
    assert gm65.cut_reply(clean + gm65.reply(data) + after) == (data, clean + after)


@given(data=st.binary(max_size=300))
def test_no_answer_leaves_the_bytes_as_they_are(data: bytes) -> None:
    answer, rest = gm65.cut_reply(data)
    assert answer is not None or rest == data


def test_a_false_start_of_an_answer_is_passed_over() -> None:
    spoilt = bytearray(gm65.reply(b"\x05"))
    spoilt[-1] ^= 1
    good = gm65.reply(b"\x07")
    assert gm65.cut_reply(bytes(spoilt) + good) == (b"\x07", bytes(spoilt))
    assert gm65.cut_reply(good[:-1]) == (None, good[:-1])
