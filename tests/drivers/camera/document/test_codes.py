"""QR codes of papers: what their bytes say, how many are taken, in which order."""

from __future__ import annotations

from base64 import b64encode
from random import Random

import numpy as np
import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_M

from drivers.camera.document.codes import CODES_MAX, TEXT_BYTES_MAX, codes, text_of
from drivers.camera.document.sheets import qr_page
from drivers.camera.document.table import Lying, Table, seen


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.isprintable()))
def test_text_in_utf_8_comes_back(text: str) -> None:
    assert text_of(text.encode()) == text


@pytest.mark.parametrize(
    ("content", "text"),
    [("社会保障".encode("gb18030"), "社会保障"), (b"", None), (b"a" * (TEXT_BYTES_MAX + 1), None), (b"\xff\xff", None)],
)
def test_text_in_the_national_encoding_is_read_and_rubbish_is_not(content: bytes, text: str | None) -> None:
    assert text_of(content) == text


@given(st.binary(max_size=64))
def test_hostile_bytes_give_a_text_or_none(content: bytes) -> None:
    assert text_of(content) is None or isinstance(text_of(content), str)


def test_six_codes_are_read_in_their_order_and_a_repeated_one_once() -> None:
    texts = ["a-1", "b-2", "c-3", "d-4", "e-5", "a-1"]
    read = codes(seen(Table((Lying(qr_page(texts), 0, 0, 0),), "wood", pitch_deg=4)))
    assert read == ("a-1", "b-2", "c-3", "d-4", "e-5")
    assert len(texts) <= CODES_MAX


def test_a_clean_code_on_a_screen_is_read_whatever_it_says() -> None:
    for n in range(60):
        text = f"http://127.0.0.1:40{n:03}/pay/{b64encode(Random(n).randbytes(16)).decode()}"
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
        code.add_data(text)
        dark = np.array(code.get_matrix(), bool).repeat(10, 0).repeat(10, 1)
        screen = np.full((800, 800, 3), 245, np.uint8)
        screen[100 : 100 + len(dark), 150 : 150 + len(dark)] = np.where(dark, 0, 255)[:, :, None]
        assert codes(screen) == (text,)


def test_a_picture_without_codes_has_none() -> None:
    assert codes(np.full((480, 640, 3), 120, np.uint8)) == ()
