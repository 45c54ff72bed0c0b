"""Zones as text: published specimens, round trips, and what a wrong character brings."""

from __future__ import annotations

import contextlib
import string
from dataclasses import replace
from datetime import date
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.camera.document.mrz.codec import NotMrz, Permit, TravelDocument, Wrong, ZoneDate, decode, encode
from drivers.camera.document.mrz.layout import ALPHABET, SHAPES, Layout, alphabets, check_digit, value
from drivers.camera.document.record import to_record
from tests.drivers.camera.document.permits import DOCUMENTS, HOME_RETURN, ONE_LINE, PASSPORT, TAIWAN

TODAY: Final = date(2026, 11, 25)
# The specimens of ICAO Doc 9303 parts 4, 5 and 6, of the state of Utopia.
SPECIMENS: Final = (
    ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
    ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
    ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
)

words = st.text(string.ascii_uppercase, min_size=1, max_size=5)
names = st.lists(words, min_size=1, max_size=2).map(" ".join)
numbers = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=9)
days = st.dates(date(1930, 1, 1), date(2060, 1, 1)).map(lambda day: ZoneDate(day.strftime("%y%m%d")))


@st.composite
def documents(draw: st.DrawFn) -> TravelDocument:
    layout = draw(st.sampled_from([Layout.td1, Layout.td2, Layout.td3]))
    kind, number = draw(
        st.sampled_from(["I", "AC", "V", "P"]).flatmap(lambda code: st.tuples(st.just(code), numbers))
        | st.tuples(st.just("CR"), st.from_regex(r"[HM][0-9]{8}", fullmatch=True))
        | st.tuples(st.just("CT"), st.from_regex(r"[0-9]{8}", fullmatch=True))
    )
    if layout is not Layout.td3 and kind == "I":
        number = draw(numbers | st.text(string.ascii_uppercase + string.digits, min_size=10, max_size=14))
        assume(layout is Layout.td1 or len(number) <= 14)
    return TravelDocument(
        layout,
        kind,
        number,
        draw(days),
        draw(days),
        draw(st.text(string.ascii_uppercase, min_size=1, max_size=3)),
        draw(st.text(string.ascii_uppercase, min_size=1, max_size=3)),
        draw(st.sampled_from(["F", "M", ""])),
        draw(names),
        draw(st.just("") | names),
        "" if len(number) > 9 else draw(st.text(string.ascii_uppercase + string.digits, max_size=7)),
        draw(st.text(string.digits, max_size=11)) if layout is Layout.td1 else "",
    )


@pytest.mark.parametrize("lines", SPECIMENS)
def test_the_published_specimens_are_read(lines: tuple[str, ...]) -> None:
    found = decode(lines)
    assert (found.surname, found.given_names, found.sex, found.nationality) == ("ERIKSSON", "ANNA MARIA", "F", "UTO")
    assert (found.birth, found.expiry) == (ZoneDate("740812"), ZoneDate("120415"))
    assert encode(found) == lines


def test_a_number_too_long_for_its_field_goes_on_in_the_optional_one() -> None:
    # Doc 9303 part 5, appendix B.
    lines = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
    found = decode(lines)
    assert found.number == "D23145890734"
    assert encode(found) == lines


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_layout_goes_there_and_back(name: str) -> None:
    document = DOCUMENTS[name]
    lines = encode(document)
    shape = SHAPES[document.layout]
    assert [len(line) for line in lines] == [shape.width] * shape.lines
    assert decode(lines) == document


@given(documents())
def test_whatever_a_zone_can_say_goes_there_and_back(document: TravelDocument) -> None:
    assert decode(encode(document)) == document


@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_one_wrong_character_is_caught_wherever_a_check_digit_can_catch_it(name: str, data: st.DataObject) -> None:
    document = DOCUMENTS[name]
    lines = encode(document)
    row = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, len(lines[row]) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda character: character != lines[row][at]))
    wrong = [*lines]
    wrong[row] = lines[row][:at] + other + lines[row][at + 1 :]
    guarded = any(
        place.line == row and place.start <= at < place.end
        for check in SHAPES[document.layout].checks.values()
        for place in (*check.over, check.at)
    )
    try:
        read = decode(wrong)
    except NotMrz:
        return
    # The sum is taken modulo 10, so it does not see an A for a 0 nor an L for a B: ICAO's own limit.
    assert not guarded or value(other) % 10 == value(lines[row][at]) % 10
    assert read != document


@given(st.sampled_from(["home_return", "taiwan", "one_line"]), st.data())
def test_no_single_wrong_character_changes_the_number_of_a_permit(name: str, data: st.DataObject) -> None:
    document = DOCUMENTS[name]
    lines = encode(document)
    place = SHAPES[document.layout].fields["number"]
    at = data.draw(st.integers(place.start, place.start + len(document.number) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda character: character != lines[0][at]))
    # The first letters of a permit's number are the one place where two of them may stand for each other.
    assume({other, lines[0][at]} not in ({"C", "W"}, {"C", "M"}) and not (name == "one_line" and at == 3))
    with pytest.raises(NotMrz):
        decode([lines[0][:at] + other + lines[0][at + 1 :], *lines[1:]])


@given(st.lists(st.text(max_size=50), max_size=4))
def test_hostile_lines_give_the_typed_error_or_a_document(lines: list[str]) -> None:
    with contextlib.suppress(NotMrz):
        decode(lines)


@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_lines_of_the_right_size_and_alphabet_never_raise_anything_else(layout: Layout, data: st.DataObject) -> None:
    lines = [data.draw(st.text(ALPHABET, min_size=len(row), max_size=len(row))) for row in alphabets(layout)]
    with contextlib.suppress(NotMrz):
        decode(lines)


@pytest.mark.parametrize(
    ("document", "wrong", "field"),
    [
        (replace(HOME_RETURN, number="X99999999"), Wrong.number, "number"),
        (replace(TAIWAN, number="999"), Wrong.number, "number"),
        (replace(HOME_RETURN, code=""), Wrong.number, "code"),
        (replace(HOME_RETURN, birth=ZoneDate("550231")), Wrong.date, "birth"),
        (replace(HOME_RETURN, birth=ZoneDate("5<0<<<")), Wrong.date, "birth"),
        (replace(HOME_RETURN, expiry=ZoneDate("331301")), Wrong.date, "expiry"),
        (replace(HOME_RETURN, surname="陈"), Wrong.character, "name"),
        (replace(HOME_RETURN, number="h99999999"), Wrong.character, "number"),
        (replace(HOME_RETURN, surname="A" * 40), Wrong.name, "name"),
        (replace(HOME_RETURN, given_names="A  B"), Wrong.name, "name"),
        (replace(HOME_RETURN, surname=""), Wrong.name, "name"),
        (replace(ONE_LINE, surname="LIN"), Wrong.name, "name"),
        (replace(PASSPORT, number="L898902C34"), Wrong.check_digit, "number"),
        (replace(PASSPORT, optional="A" * 15), Wrong.layout, "optional"),
        (replace(PASSPORT, surname="SAMPLE "), Wrong.name, "name"),
    ],
)
def test_what_no_zone_can_say_is_told_with_its_field(document: TravelDocument, wrong: Wrong, field: str) -> None:
    with pytest.raises(NotMrz) as told:
        encode(document)
    assert (told.value.wrong, told.value.field) == (wrong, field)


def test_a_value_that_would_come_back_otherwise_is_refused() -> None:
    with pytest.raises(NotMrz, match="layout"):
        encode(replace(HOME_RETURN, issuer="CN<"))


def test_a_filler_of_the_one_line_zone_must_be_one() -> None:
    [line] = encode(ONE_LINE)
    with pytest.raises(NotMrz, match="character: filler"):
        decode([line[:12] + "0" + line[13:]])


def test_an_empty_optional_field_of_a_passport_may_lack_its_digit() -> None:
    first, second = encode(replace(PASSPORT, optional=""))
    bare = second[:42] + "<" + second[43:]
    composite = check_digit(bare[0:10] + bare[13:20] + bare[21:43])
    assert decode([first, bare[:43] + composite]) == replace(PASSPORT, optional="")


@pytest.mark.parametrize(
    ("code", "permit"),
    [("CR", Permit.home_return), ("CT", Permit.taiwan), ("P", Permit.passport), ("I", Permit.other)],
)
def test_the_code_tells_which_document_it_is(code: str, permit: Permit) -> None:
    assert replace(PASSPORT, code=code).permit is permit


@pytest.mark.parametrize(
    ("text", "birth", "expiry"),
    [
        ("550516", date(1955, 5, 16), date(2055, 5, 16)),
        ("261126", date(1926, 11, 26), date(2026, 11, 26)),
        ("261125", date(2026, 11, 25), date(2026, 11, 25)),
        ("000229", date(2000, 2, 29), date(2000, 2, 29)),
        ("010229", None, None),
        ("49<<<<", None, None),
        ("770101", date(1977, 1, 1), date(1977, 1, 1)),
    ],
)
def test_the_century_is_the_latest_that_can_be(text: str, birth: date | None, expiry: date | None) -> None:
    assert ZoneDate(text).as_birth(TODAY) == birth
    assert ZoneDate(text).as_expiry(TODAY) == expiry


def test_a_document_is_told_as_plain_values() -> None:
    record = to_record(HOME_RETURN, TODAY)
    assert (record["permit"], record["birth"], record["expiry"]) == ("home_return", "1955-05-16", "2033-04-01")
    assert to_record(DOCUMENTS["card_of_two_lines"], TODAY)["birth"] is None
