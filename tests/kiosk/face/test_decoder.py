"""The card photo's decoder: its own process, its deadline, its sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from kiosk.face.result import Reason
from kiosk.face.sandbox import blob, hash_in, slug_hash
from kiosk.face.wlt import CardPicture, NoPicture, WltDecoder


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
