"""A sealed attachment opens whole with its own key, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.attachment import (
    CHUNK_BYTES,
    MAX_SEALED_BYTES,
    LaterPicture,
    open_attachment,
    seal_attachment,
    sha256_of,
)
from offline.wire.blobs import content_range, parse_range
from offline.wire.trouble import CannotUnseal, MalformedRecord

HEAD = 11
SEALED_CHUNK = CHUNK_BYTES + 16


@given(st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]), st.binary(max_size=9))
def test_what_was_sealed_is_opened(size: int, tail: bytes) -> None:
    plain = bytes(size) + tail
    sealed = seal_attachment(plain)
    assert sealed.sha256 == sha256_of(sealed.data)
    assert open_attachment(sealed.data, sealed.key) == plain


def test_the_same_picture_is_never_sealed_alike() -> None:
    one, other = seal_attachment(b"picture"), seal_attachment(b"picture")
    assert (one.sha256, one.key) != (other.sha256, other.key)
    with pytest.raises(CannotUnseal):
        open_attachment(one.data, other.key)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_altered_byte_keeps_it_closed(at: int, change: int) -> None:
    sealed = seal_attachment(bytes(CHUNK_BYTES + 100))
    data = bytearray(sealed.data)
    data[at % len(data)] ^= change
    with pytest.raises(CannotUnseal):
        open_attachment(bytes(data), sealed.key)


def test_chunks_can_neither_be_cut_off_nor_swapped_nor_added() -> None:
    sealed = seal_attachment(bytes(2 * CHUNK_BYTES) + b"end")
    head, body = sealed.data[:HEAD], sealed.data[HEAD:]
    first, second, last = body[:SEALED_CHUNK], body[SEALED_CHUNK : 2 * SEALED_CHUNK], body[2 * SEALED_CHUNK :]
    for altered in (first + second, first, second + first + last, first + last, first + second + last + last):
        with pytest.raises(CannotUnseal):
            open_attachment(head + altered, sealed.key)


@pytest.mark.parametrize("untrusted", [b"", b"ZZA1", b"ZZA2" + bytes(60), b"ZZA1" + bytes(MAX_SEALED_BYTES)])
def test_what_is_no_attachment_is_said_so(untrusted: bytes) -> None:
    with pytest.raises(CannotUnseal):
        open_attachment(untrusted, bytes(32))


@given(st.binary(max_size=300), st.binary(max_size=1024))
def test_both_pictures_come_out_as_they_went_in(taken: bytes, card: bytes) -> None:
    assert LaterPicture.unpack(LaterPicture(taken, card).pack()) == LaterPicture(taken, card)


@given(st.binary(max_size=40))
def test_whatever_is_packed_wrongly_is_refused_or_read_within_it(untrusted: bytes) -> None:
    try:
        read = LaterPicture.unpack(untrusted)
    except CannotUnseal:
        return
    assert len(read.taken) + len(read.card_photo) == len(untrusted) - 4


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_piece_says_where_it_belongs(start: int, length: int, rest: int) -> None:
    total = start + length + rest
    assert parse_range(content_range(start, length, total), length) == (start, total)
    with pytest.raises(MalformedRecord):
        parse_range(content_range(start, length, total), length + 1)


@pytest.mark.parametrize("header", ["", "bytes", "bytes 0-9/*", "bytes -1-8/10", "bytes 0-9/9", "bytes ٠-٩/10", "x"])
def test_a_range_written_otherwise_is_refused(header: str) -> None:
    with pytest.raises(MalformedRecord):
        parse_range(header, 10)
