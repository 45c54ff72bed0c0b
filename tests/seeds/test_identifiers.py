"""Numbers with check digits, against published specimens and against every single wrong character."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.identifiers import (
    age_on,
    birth_of,
    certificate_check,
    certificate_ok,
    document_number_ok,
    foreign_2017_check,
    foreign_2017_ok,
    foreign_2023_ok,
    hk_mo_tw_ok,
    id_number_check,
    id_number_ok,
    layout_of,
    mod_37_36,
    organisation_check,
    organisation_ok,
    uscc_check,
    uscc_ok,
)
from seeds.identifiers.certificate import ALPHABET as CERTIFICATE_ALPHABET
from seeds.identifiers.uscc import ALPHABET as USCC_ALPHABET

births = st.dates(date(1900, 1, 1), date(2099, 12, 31))
id_heads = st.builds(
    lambda division, birth, sequence: f"{division:06d}{birth:%Y%m%d}{sequence:03d}",
    st.integers(110000, 659999),
    births,
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    ("number", "layout"),
    [
        ("11010519491231002X", "resident"),
        ("810000199408230021", "J"),
        ("CAN110181080317", "I"),
        ("911124198108030024", "Y"),
    ],
)
def test_the_published_specimens_belong_to_their_layouts(number: str, layout: str) -> None:
    assert layout_of(number) == layout
    assert document_number_ok(number)


@given(id_heads)
def test_a_number_with_its_check_digit_is_well_formed(head: str) -> None:
    number = head + id_number_check(head)
    assert id_number_ok(number)
    assert layout_of(number) == "resident"
    assert birth_of(number) == date(int(head[6:10]), int(head[10:12]), int(head[12:14]))


@given(id_heads, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_of_an_id_number_is_noticed(head: str, place: int, shift: int) -> None:
    number = head + id_number_check(head)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not id_number_ok(wrong)


@given(id_heads, st.integers(0, 15))
def test_two_neighbouring_digits_swapped_are_noticed(head: str, place: int) -> None:
    number = head + id_number_check(head)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not id_number_ok(swapped)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_judged_without_an_error(untrusted: str) -> None:
    assert layout_of(untrusted) in (None, "resident", "J", "I", "Y")
    for judge in (
        id_number_ok,
        hk_mo_tw_ok,
        foreign_2017_ok,
        foreign_2023_ok,
        uscc_ok,
        organisation_ok,
        certificate_ok,
    ):
        assert judge(untrusted) in (True, False)


@pytest.mark.parametrize("number", ["440999195402309024", "１１010519491231002X", "11010519491231002x", ""])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    assert not id_number_ok(number)


@pytest.mark.parametrize("code", ["9144030071526726XG", "914403001922038216"])
def test_known_public_codes_of_companies_pass(code: str) -> None:
    assert uscc_ok(code)
    assert organisation_ok(code[8:17])


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 30))
def test_every_single_wrong_character_of_a_credit_code_is_noticed(head: str, place: int, shift: int) -> None:
    head = head[:2] + "440981" + head[8:]
    code = head + uscc_check(head)
    assert uscc_ok(code)
    other = USCC_ALPHABET[(USCC_ALPHABET.index(code[place]) + shift) % 31]
    assert not uscc_ok(code[:place] + other + code[place + 1 :])


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
def test_an_organisation_code_with_its_check_character_is_well_formed(head: str) -> None:
    assert organisation_ok(head + organisation_check(head))


@given(st.text(CERTIFICATE_ALPHABET, min_size=40, max_size=60), st.integers(0, 39), st.integers(1, 35))
def test_every_single_wrong_character_of_a_certificate_is_noticed(text: str, place: int, shift: int) -> None:
    kind, authority, serial = text[:21], text[21:39], text[39:]
    identifier = f"1.2.156.3005.2.{kind}.{authority}.{serial}.001.{certificate_check(kind, authority, serial, '001')}"
    assert certificate_ok(identifier)
    joined = kind + authority + serial + "001"
    other = CERTIFICATE_ALPHABET[(CERTIFICATE_ALPHABET.index(joined[place]) + shift) % 36]
    assert mod_37_36(joined[:place] + other + joined[place + 1 :]) != mod_37_36(joined)


def test_mod_37_36_gives_the_example_of_its_standard() -> None:
    assert mod_37_36("A12425GABC1234002") == "M"  # the example of ISO 7064 that GRid uses


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), st.integers(0, 9999), births, st.integers(0, 9))
def test_an_old_foreign_number_with_its_check_digit_is_well_formed(
    letters: str, accepted: int, birth: date, sequence: int
) -> None:
    head = f"{letters}{accepted:04d}{birth:%y%m%d}{sequence}"
    number = head + foreign_2017_check(head)
    assert foreign_2017_ok(number)
    assert layout_of(number) == "I"
    wrong = number[:14] + str((int(number[14]) + 1) % 10)
    assert not foreign_2017_ok(wrong)


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(1954, 3, 12), date(2026, 3, 11), 71),
        (date(1954, 3, 12), date(2026, 3, 12), 72),
        (date(1952, 2, 29), date(2026, 2, 28), 73),
        (date(1952, 2, 29), date(2026, 3, 1), 74),
    ],
)
def test_age_counts_full_years(birth: date, day: date, years: int) -> None:
    assert age_on(birth, day) == years


def test_a_check_digit_is_only_made_for_the_right_number_of_characters() -> None:
    for make in (id_number_check, foreign_2017_check, uscc_check, organisation_check):
        with pytest.raises(ValueError, match="needed"):
            make("12")
