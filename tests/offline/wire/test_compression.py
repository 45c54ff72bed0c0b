"""What travels packed comes out as it went in, and nothing larger than allowed ever comes out."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.compression import squeezed, takes_gzip, unsqueezed
from offline.wire.trouble import MalformedRecord


@given(st.binary(max_size=2000))
def test_data_survive_the_line_and_the_limit_is_exact(data: bytes) -> None:
    packed = squeezed(data)
    assert packed == squeezed(data)
    assert unsqueezed(packed, len(data)) == data
    if data:
        assert unsqueezed(packed, len(data) - 1) is None


@given(st.binary(max_size=300), st.integers(0, 299), st.integers(1, 255))
def test_altered_bytes_are_refused_or_change_nothing(data: bytes, place: int, change: int) -> None:
    altered = bytearray(squeezed(data))
    altered[place % len(altered)] ^= change
    try:
        assert unsqueezed(bytes(altered), 300) in (data, None)  # the header has bytes that mean nothing
    except MalformedRecord:
        pass


@pytest.mark.parametrize(
    "wrong", [b"", b"{}", squeezed(b"x")[:-1], squeezed(b"x") + b"y", squeezed(b"x") * 2], ids=range(5)
)
def test_half_or_more_than_one_packing_is_refused(wrong: bytes) -> None:
    with pytest.raises(MalformedRecord):
        unsqueezed(wrong, 100)


def test_a_bomb_is_not_unpacked() -> None:
    assert unsqueezed(gzip.compress(bytes(50_000_000)), 1_000) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("x-gzip2", False),
        ("", False),
        (None, False),
    ],
)
def test_an_accept_encoding_names_gzip_or_does_not(said: str | None, meant: bool) -> None:
    assert takes_gzip(said) is meant
