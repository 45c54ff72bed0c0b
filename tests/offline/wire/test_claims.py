"""A claim code is hard to mistype, and nothing opens without it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.wire.claims import (
    answer_key,
    check_digit,
    index_hash,
    lookup_hash,
    new_code,
    new_salt,
    normal,
    open_answer,
    seal_answer,
    shown,
    subject_of,
)
from offline.wire.slip_qr import SlipQr, read_slip, slip_url
from offline.wire.trouble import CannotUnseal, WrongClaimCode

CODES = st.text("0123456789", min_size=9, max_size=9).map(lambda body: body + check_digit(body))


def test_the_check_digit_is_that_of_the_standards_example() -> None:
    assert check_digit("0794") == "5"  # ISO/IEC 7064, MOD 11,10


def test_a_new_code_is_a_code() -> None:
    code = new_code()
    assert normal(code) == code
    assert normal(shown(code)) == code


@given(CODES)
def test_a_code_is_understood_as_people_type_it(code: str) -> None:
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    for typed in (shown(code), f" {code[:3]} {code[3:]}\n", wide, code.replace("", "—").strip("—")):
        assert normal(typed.strip()) == code


@given(CODES, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(code: str, place: int, change: int) -> None:
    wrong = code[:place] + str((int(code[place]) + change) % 10) + code[place + 1 :]
    with pytest.raises(WrongClaimCode):
        normal(wrong)


@given(st.text(max_size=80))
def test_any_other_text_is_refused_or_is_a_code(untrusted: str) -> None:
    with suppress(WrongClaimCode):
        assert len(normal(untrusted)) == 10


@settings(max_examples=5, deadline=None)
@given(CODES, st.dictionaries(st.text(max_size=8), st.text(max_size=40), max_size=4))
def test_an_answer_opens_with_its_code_and_no_other(code: str, answer: dict[str, object]) -> None:
    salt = new_salt()
    sealed = seal_answer(answer_key(code, salt), answer)
    assert open_answer(answer_key(code, salt), sealed) == answer
    with pytest.raises(CannotUnseal):
        open_answer(answer_key(new_code(), salt), sealed)
    with pytest.raises(CannotUnseal):
        open_answer(answer_key(code, new_salt()), sealed)


def test_a_kept_hash_depends_on_the_key_and_the_code() -> None:
    code = new_code()
    assert lookup_hash(b"k" * 32, code) == lookup_hash(b"k" * 32, code)
    assert len({lookup_hash(b"k" * 32, code), lookup_hash(b"l" * 32, code), index_hash(b"k" * 32, code)}) == 3


def test_a_number_ending_in_a_small_x_is_the_same_person() -> None:
    assert subject_of(b"s", "44098119540312104x") == subject_of(b"s", "44098119540312104X")


@given(CODES)
def test_the_qr_of_a_slip_gives_its_code_back(code: str) -> None:
    assert read_slip(slip_url("https://hub.example/", code)) == SlipQr(code)
    assert read_slip("https://elsewhere.example/") is None
