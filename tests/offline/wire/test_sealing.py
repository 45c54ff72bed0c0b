"""Only the hub reads a payload, and only in the event it was sealed for."""

from __future__ import annotations

import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.wire.sealing import (
    BUCKET_BYTES,
    MAX_PLAIN_BYTES,
    key_id,
    new_private,
    pack,
    public_of,
    seal,
    unpack,
    unseal,
)
from offline.wire.trouble import CannotUnseal

PAYLOADS = st.dictionaries(
    st.text(max_size=10), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=3)
)
PRIVATE = new_private()
PUBLIC = public_of(PRIVATE)


@given(PAYLOADS, st.binary(max_size=80))
def test_a_sealed_payload_opens_with_the_hubs_key(payload: dict[str, object], aad: bytes) -> None:
    assert unseal(seal(payload, PUBLIC, aad), PRIVATE, aad) == payload


@given(PAYLOADS)
def test_lengths_come_in_buckets(payload: dict[str, object]) -> None:
    assert len(pack(payload)) % BUCKET_BYTES == 0


@given(st.binary(max_size=600))
def test_any_other_bytes_do_not_unseal(untrusted: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unseal(untrusted, PRIVATE, b"")


@given(st.binary(max_size=600))
def test_unpacking_any_bytes_gives_an_object_or_a_refusal(untrusted: bytes) -> None:
    with suppress(CannotUnseal):
        assert isinstance(unpack(untrusted), dict)


@given(st.integers(0, 303), st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, change: int) -> None:
    sealed = bytearray(seal({"item": "pension-qualification"}, PUBLIC, b"a"))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(CannotUnseal):
        unseal(bytes(sealed), PRIVATE, b"a")


def test_another_key_or_another_event_does_not_open_it() -> None:
    sealed = seal({"item": "x"}, PUBLIC, b"event 1")
    with pytest.raises(CannotUnseal):
        unseal(sealed, new_private(), b"event 1")
    with pytest.raises(CannotUnseal):
        unseal(sealed, PRIVATE, b"event 2")


def test_a_compression_bomb_is_refused() -> None:
    squeezed = zlib.compress(b'{"a":"' + b"0" * (4 * MAX_PLAIN_BYTES) + b'"}', 9, wbits=-15)
    body = len(squeezed).to_bytes(4, "big") + squeezed
    with pytest.raises(CannotUnseal):
        unpack(body + bytes(-len(body) % BUCKET_BYTES))


@pytest.mark.parametrize("text", [rb'"\ud800"', rb'"a\uDFffb"', b'"\xed\xa0\x80"', '{"a":1}'.encode("utf-16")])
def test_half_a_character_and_another_encoding_are_refused_before_a_page_has_to_show_them(text: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unpack(_packed(b'{"form": ' + text + b"}"))


def test_both_halves_of_a_character_are_one() -> None:
    assert unpack(_packed(rb'{"a": "\ud842\udfb7", "b": "\\ud800"}')) == {"a": "𠮷", "b": "\\ud800"}


def _packed(plain: bytes) -> bytes:
    squeezer = zlib.compressobj(wbits=-15)
    squeezed = squeezer.compress(plain) + squeezer.flush()
    body = len(squeezed).to_bytes(4, "big") + squeezed
    return body + bytes(-len(body) % BUCKET_BYTES)


def test_a_key_id_is_the_start_of_the_hash_of_the_public_part() -> None:
    assert len(key_id(PUBLIC)) == 16
    assert key_id(PUBLIC) != key_id(public_of(new_private()))
