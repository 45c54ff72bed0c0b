"""The card photo's decoder: its own process, its deadline, its sandbox."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.face.result import Reason
from kiosk.face.sandbox import blob, hash_in, slug_hash
from kiosk.face.wlt import PNG_BYTES_MAX, CardPicture, NoPicture, WltDecoder, hand_over


def _sandbox(folder: Path) -> WltDecoder:
    return WltDecoder((sys.executable, "-m", "kiosk.face.sandbox_decoder", str(folder)), deadline_s=30)


def test_the_sandbox_decoder_gives_the_residents_picture_and_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (102, 126), (10, 20, 200)).save(tmp_path / "lin-yuelan.png")
    Image.new("RGB", (102, 126), (0, 0, 0)).save(tmp_path / "wu-guifang.png")
    picture = _sandbox(tmp_path).decode(blob("lin-yuelan"))
    assert isinstance(picture, CardPicture)
    assert picture.sandbox
    assert np.array_equal(picture.pixels[0, 0], (200, 20, 10))


def test_a_blob_has_a_right_header_and_names_its_person() -> None:
    made = blob("lin-yuelan")
    assert len(made) == 1024
    assert made.startswith(bytes.fromhex("574C66007E00"))
    assert hash_in(made) == slug_hash("lin-yuelan")
    assert hash_in(bytes(1024)) is None


def test_an_unknown_blob_is_a_failed_decoding(tmp_path: Path) -> None:
    got = _sandbox(tmp_path).decode(bytes.fromhex("574C66007E003200").ljust(1024, b"\0"))
    assert isinstance(got, NoPicture)
    assert got.reason is Reason.decoder_failed


def test_no_command_is_no_decoder() -> None:
    got = WltDecoder(None).decode(bytes(1024))
    assert isinstance(got, NoPicture)
    assert got.reason is Reason.no_decoder


def test_a_decoder_that_hangs_is_ended_at_its_deadline() -> None:
    got = WltDecoder(("sleep", "60"), deadline_s=0.2).decode(bytes(1024))
    assert isinstance(got, NoPicture)
    assert got.reason is Reason.decoder_failed


def test_a_decoder_that_writes_no_picture_is_told_apart() -> None:
    got = WltDecoder(("cat",)).decode(bytes(1024))
    assert isinstance(got, NoPicture)
    assert got.reason is Reason.decoder_failed


def test_a_photo_of_a_wrong_length_never_reaches_the_decoder() -> None:
    got = WltDecoder(("cat",)).decode(b"short")
    assert isinstance(got, NoPicture)
    assert got.reason is Reason.decoder_failed


def _png(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (102, 126), (shade, shade, shade)).save(out, "PNG")
    return out.getvalue()


def _writes(tmp_path: Path, content: bytes, then: str = "") -> WltDecoder:
    file = tmp_path / "out"
    file.write_bytes(content)
    return WltDecoder(("sh", "-c", f"cat {file}; {then or 'true'}"), deadline_s=10)


@pytest.mark.parametrize(
    ("out", "then", "said"),
    [
        pytest.param(b"", "", "不是 PNG", id="silent"),
        pytest.param(_png(9)[:-20], "", "PNG 图片", id="half a picture"),
        pytest.param(_png(9), "exit 3", "以 3 结束", id="a picture, and then it fails"),
        pytest.param(_png(9) + _png(9), "", "正好一张", id="twice the same"),
        pytest.param(_png(9) + _png(200), "", "正好一张", id="two pictures"),
        pytest.param(bytes(PNG_BYTES_MAX + 1), "", "太大", id="more than a picture"),
    ],
)
def test_whatever_a_decoder_does_wrong_is_no_picture_and_said(tmp_path: Path, out: bytes, then: str, said: str) -> None:
    got = _writes(tmp_path, out, then).decode(bytes(1024))
    assert isinstance(got, NoPicture)
    assert (got.reason, said in got.sentence) == (Reason.decoder_failed, True), got.sentence


def test_a_decoder_without_end_is_ended_once_it_has_written_too_much() -> None:
    got = WltDecoder(("cat", "/dev/zero"), deadline_s=60).decode(bytes(1024))
    assert isinstance(got, NoPicture)
    assert "太大" in got.sentence


def test_what_a_decoder_has_started_is_ended_with_it() -> None:
    got = WltDecoder(("sh", "-c", "sleep 600 & exit 0"), deadline_s=0.3).decode(bytes(1024))
    assert isinstance(got, NoPicture), "it holds the pipe, so nobody knows whether there is more"


def test_a_photo_handed_to_a_decoder_that_has_ended_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    pipe = os.fdopen(writing, "wb")
    hand_over(pipe, bytes(1024))
    assert pipe.closed


def test_one_picture_is_one(tmp_path: Path) -> None:
    assert isinstance(_writes(tmp_path, _png(9)).decode(bytes(1024)), CardPicture)
