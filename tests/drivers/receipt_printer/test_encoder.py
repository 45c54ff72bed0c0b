"""The bytes of a slip, read by the reader of the tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.receipt_printer.columns import clean, wrap
from drivers.receipt_printer.encoder import encode, qr_module_dots
from drivers.receipt_printer.port import Element, Feed, Line, Qr, Rule, Slip
from drivers.receipt_printer.profile import PROFILES, profile_for
from drivers.trouble import DeviceTrouble
from tests.drivers.receipt_printer.escpos_reader import qr_text, read_job
from tests.drivers.receipt_printer.slips import CODE, KEPT, KEPT_TEXT_80, RARE, RARE_BYTES, VERIFY

GENERIC_80 = profile_for(80)


def job_of(slip: Slip, profile: str = "generic-80") -> bytes:
    return b"".join(encode(slip, PROFILES[profile]))


@pytest.mark.parametrize("profile", ["generic-80", "raster-qr-80"])
def test_the_slip_is_the_expected_text_one_qr_that_decodes_and_one_cut(profile: str) -> None:
    job = read_job(job_of(KEPT, profile))
    assert job.text == KEPT_TEXT_80
    assert [qr_text(symbol) for symbol in job.symbols] == [VERIFY]
    assert job.cuts == [66]


def test_the_cut_is_the_last_command_of_a_job() -> None:
    assert read_job(job_of(KEPT)).commands[-1] == b"\x1d\x56"


def test_a_job_begins_with_a_reset_and_chinese_mode() -> None:
    assert read_job(job_of(KEPT)).commands[:2] == [b"\x1b\x40", b"\x1c\x26"]


def test_the_bytes_of_a_small_slip_are_these() -> None:
    slip: Slip = (Line("好a", width=2, height=2, align="center", bold=True), Feed(2))
    assert job_of(slip).hex(" ") == ("1b 40 1c 26 1b 61 01 1b 45 01 1c 21 0c 1d 21 11 ba c3 61 0a 1b 64 02 1d 56 42 18")


def test_the_printer_is_asked_for_error_correction_m() -> None:
    assert read_job(job_of(KEPT)).levels == [0x31]


def test_rare_characters_are_four_bytes_of_gb18030() -> None:
    line = read_job(job_of((Line(RARE),))).lines[0]
    assert line.text == RARE
    assert line.raw == bytes.fromhex(RARE_BYTES)


def test_a_printer_without_four_byte_codes_gets_the_geta_mark() -> None:
    line = read_job(job_of((Line("李㐀𠮷"),), "gbk-58")).lines[0]
    assert line.text == "李〓〓"


def test_big_lines_are_double_and_bold_and_the_next_line_is_plain_again() -> None:
    job = read_job(job_of((Line("大", width=2, height=2, align="center", bold=True), Line("小"))))
    big, small = job.lines
    assert (big.wide, big.high, big.centred, big.bold) == (2, 2, True, True)
    assert (small.wide, small.high, small.centred, small.bold) == (1, 1, False, False)


def test_large_print_goes_on_in_the_next_line_before_it_runs_off_the_paper() -> None:
    large = Line("取件码" * 9, width=2, height=2)
    for profile in (GENERIC_80, PROFILES["generic-58"]):
        lines = read_job(b"".join(encode((large,), profile))).lines
        assert [2 * 2 * len(line.text) <= profile.columns for line in lines] == [True] * len(lines)
        assert "".join(line.text for line in lines) == large.text


def test_a_command_hidden_in_a_name_is_printed_as_harmless_text() -> None:
    job = read_job(job_of((Line("林\x1d\x56\x00月\x10\x04\x01兰\x1b@\x00"),)))
    assert job.text == "林V月兰@"
    assert job.cuts == [66]


def test_a_qr_code_with_control_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="control characters"):
        Qr("https://a\x10\x04\x01")


@pytest.mark.parametrize("length", [0, 413])
def test_a_qr_code_of_no_or_too_many_bytes_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="412 bytes"):
        Qr("x" * length)


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("length", [1, 40, 213, 412])
def test_every_qr_code_fits_its_paper_and_decodes(name: str, length: int) -> None:
    qr = Qr("zhizhu:" + "x" * (length - 7) if length > 7 else "z" * length, size=16)
    profile = PROFILES[name]
    assert qr_module_dots(qr, profile) >= 3
    symbols = read_job(job_of((qr,), name)).symbols
    assert all(symbol.shape[1] <= profile.dots + 7 for symbol in symbols)
    assert [qr_text(symbol) for symbol in symbols] == [qr.data]


def test_no_picture_of_a_qr_code_holds_the_first_byte_of_a_real_time_command() -> None:
    for size in range(3, 17):
        parts = encode((Qr(VERIFY, size=size),), PROFILES["raster-qr-80"])
        picture = next(part for part in parts if b"\x1d\x76" in part)
        pixels = picture[picture.index(b"\x1d\x76") + 8 :]
        assert b"\x10" not in pixels


def test_the_bytes_of_a_slip_are_at_most_a_fifth_more_than_its_text_and_qr() -> None:
    spoken = len(KEPT_TEXT_80.encode("gb18030")) + len(VERIFY)
    assert len(job_of(KEPT)) <= 1.2 * (spoken + 47)  # 47 bytes make a printer draw a QR code with white around it


def test_the_claim_code_is_never_broken() -> None:
    assert CODE in read_job(job_of(KEPT, "generic-58")).text.split("\n")


@pytest.mark.parametrize("slip", [(Rule(),) * 201, (Feed(20),) * 11, (Line("长" * 24 * 201),), (Line("\n" * 200),)])
def test_a_slip_of_too_many_lines_is_refused(slip: Slip) -> None:
    with pytest.raises(DeviceTrouble, match="200"):
        encode(slip, GENERIC_80)


def test_a_line_in_an_unknown_place_is_refused() -> None:
    with pytest.raises(ValueError, match="left or center"):
        Line("好", align="right")  # type: ignore[arg-type]


def test_a_profile_for_other_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="58 mm paper, not 80"):
        profile_for(80, "gbk-58")


texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("养老㐀䶮𠮷，。（）abc 123-\x1b\x10\x04\n"), max_size=30
)
sizes = st.integers(1, 4)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Line, texts, sizes, sizes, st.sampled_from(("left", "center")), st.booleans()),
    st.builds(Rule),
    st.builds(Feed, st.integers(1, 9)),
    st.builds(Qr, st.text("abc:/.0123456789", min_size=1, max_size=60), st.integers(3, 16)),
)


@given(st.lists(elements, max_size=6).map(tuple), st.sampled_from(sorted(set(PROFILES) - {"gbk-58", "sprt-80"})))
def test_whatever_a_slip_says_the_reader_reads(slip: Slip, name: str) -> None:
    profile = PROFILES[name]
    job = read_job(job_of(slip, name))
    expected = [
        line
        for element in slip
        if isinstance(element, Line | Rule)
        for line in (
            wrap(element.text, profile.columns // element.width)
            if isinstance(element, Line)
            else ["─" * (profile.columns // 2)]
        )
    ]
    assert [line.text for line in job.lines] == expected
    said = "".join(clean(element.text.replace("\n", "")) for element in slip if isinstance(element, Line))
    printed = "".join(line.text for line in job.lines if set(line.text) != {"─"})
    assert printed.replace(" ", "") == said.replace(" ", "").replace("─" * 24, "").replace("─" * 16, "")
    assert len(job.symbols) == sum(isinstance(element, Qr) for element in slip)
    assert job.fed_lines == sum(element.lines for element in slip if isinstance(element, Feed))
    assert job.cuts == [66 if profile.presenter is None else 0]


@pytest.mark.parametrize("size", [2, 17])
def test_a_code_too_small_to_scan_or_too_large_for_the_paper_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="3 to 16"):
        Qr("x", size=size)


@pytest.mark.parametrize("lines", [0, 21])
def test_a_feed_of_no_line_or_of_half_a_roll_is_refused(lines: int) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        Feed(lines)
