"""A part of a stick counts whole or not at all; one that is cut, altered, forged or foreign is refused by name."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.wire.batch import BatchReply, EventResult, EventStatus, HeadReport
from offline.wire.carry import (
    MAX_PART_BYTES,
    Kind,
    Listed,
    Manifest,
    Part,
    PartHead,
    Record,
    event_record,
    model_record,
    read_part,
    read_parts,
    write_part,
)
from offline.wire.changes import Change, Changes
from offline.wire.event import Envelope
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.trouble import BadPart, NotForHere, PartFault
from tests.offline.wire.envelopes import envelopes

PRIVATE: Final = new_signing_key()
PUBLIC: Final = signing_public(PRIVATE)
HEAD: Final = PartHead(
    version=1,
    to="hub",
    terminal="t-1",
    signer=key_id(PUBLIC),
    carry="01939a6e-0000-7000-8000-000000000000",
    made_at="2026-11-23T04:00:00.000Z",
    first_seq=1,
    last_seq=9,
    head=HeadReport(seq=9, hash="0" * 64),
)


def signed_by_us(_: PartHead) -> bytes:
    """The key of whoever may."""
    return PUBLIC


def fault(untrusted: bytes) -> PartFault:
    """Why bytes are not a part."""
    with pytest.raises(BadPart) as caught:
        read_part(untrusted, signed_by_us)
    return caught.value.fault


def small() -> bytes:
    """A part with one record."""
    return write_part(HEAD, (Record(Kind.PICTURE, b"sealed"),), PRIVATE).data


@given(st.lists(envelopes(), max_size=4), st.lists(st.binary(max_size=300), max_size=3), st.integers(6, 255))
def test_what_was_written_is_read_and_an_unknown_record_is_skipped(
    events: list[Envelope], pictures: list[bytes], unknown: int
) -> None:
    records = (
        *(Record(Kind.PICTURE, picture) for picture in pictures),
        Record(unknown, b"of a later year"),
        *(event_record(event.to_json()) for event in events),
    )
    written = write_part(HEAD, records, PRIVATE)
    part = read_part(written.data, signed_by_us)
    assert (part.head, part.digest, part.raw) == (HEAD, written.digest, written.data)
    assert [Envelope.from_json(event) for event in part.events] == events
    assert list(part.pictures) == pictures


def test_answers_feed_and_manifest_travel_too() -> None:
    reply = BatchReply(results=(EventResult(id="a", status=EventStatus.PARKED, reason="unknown_key"),))
    changes = Changes(cursor=3, changes=(Change(n=3, kind="due", body={"item": "x"}),))
    part = read_part(
        write_part(HEAD, (model_record(Kind.REPLY, reply), model_record(Kind.CHANGES, changes)), PRIVATE).data,
        signed_by_us,
    )
    assert (part.replies, part.changes, part.manifest) == ((reply,), changes, None)
    manifest = Manifest(parts=(Listed(digest="a" * 64, first_seq=1, last_seq=2),))
    part = read_part(write_part(HEAD, (model_record(Kind.MANIFEST, manifest),), PRIVATE).data, signed_by_us)
    assert part.manifest == manifest


@given(st.data())
def test_a_part_cut_anywhere_is_truncated(data: st.DataObject) -> None:
    whole = small()
    assert fault(whole[: data.draw(st.integers(0, len(whole) - 1))]) is PartFault.TRUNCATED


@given(st.data())
@settings(max_examples=300)
def test_a_part_with_any_bit_turned_is_refused(data: st.DataObject) -> None:
    whole = bytearray(small())
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert fault(bytes(whole)) in (PartFault.ALTERED, PartFault.TRUNCATED, PartFault.STRANGE, PartFault.FORGED)


def test_a_part_that_another_key_signed_is_forged() -> None:
    assert fault(write_part(HEAD, (), new_signing_key()).data) is PartFault.FORGED


def test_whose_key_must_have_signed_is_asked_for_the_head_and_may_be_refused() -> None:
    def nobody(head: PartHead) -> bytes:
        raise NotForHere(head.terminal)

    with pytest.raises(NotForHere, match="t-1"):
        read_part(small(), nobody)


def test_parts_one_behind_the_other_each_have_their_own_verdict() -> None:
    forged = write_part(HEAD, (), new_signing_key()).data
    found = list(read_parts(small() + forged + small() + small()[:-3], signed_by_us))
    assert [one.fault if isinstance(one, BadPart) else "whole" for one in found] == [
        *("whole", PartFault.FORGED, "whole", PartFault.TRUNCATED)
    ]
    assert fault(small() + small()) is PartFault.STRANGE
    assert fault(b"PK\3\4 something else") is PartFault.STRANGE


def test_a_part_of_a_later_version_says_so() -> None:
    later = write_part(HEAD.model_copy(update={"version": 2}), (), PRIVATE).data
    assert fault(later) is PartFault.NEWER


@pytest.mark.parametrize(
    "records",
    [
        (model_record(Kind.CHANGES, Changes(cursor=1, changes=())),) * 2,
        (Record(Kind.CHANGES, b"{}"),),
        (Record(Kind.REPLY, b"\xff"),),
        (Record(Kind.MANIFEST, b"[" * 100_000),),
        (Record(Kind.EVENT, b"{}"),) * 501,
    ],
)
def test_signed_nonsense_is_refused_as_such(records: tuple[Record, ...]) -> None:
    assert fault(write_part(HEAD, records, PRIVATE).data) is PartFault.MALFORMED


@given(st.lists(st.tuples(st.sampled_from(Kind), st.binary(max_size=80)), max_size=4))
def test_signed_bytes_of_any_kind_are_a_part_or_refused_and_nothing_else(untrusted: list[tuple[Kind, bytes]]) -> None:
    records = tuple(Record(kind, body) for kind, body in untrusted)
    (found,) = read_parts(write_part(HEAD, records, PRIVATE).data, signed_by_us)
    assert isinstance(found, Part) or found.fault is PartFault.MALFORMED


def test_an_event_that_is_no_json_is_left_to_the_hub_which_lays_it_aside() -> None:
    part = read_part(write_part(HEAD, (Record(Kind.EVENT, b"[" * 100_000),), PRIVATE).data, signed_by_us)
    assert isinstance(part, Part)
    assert part.events == (None,)


def test_a_writer_makes_nothing_that_a_reader_would_not_take() -> None:
    with pytest.raises(ValueError, match="larger"):
        write_part(HEAD, (Record(Kind.PICTURE, bytes(MAX_PART_BYTES)),), PRIVATE)
    assert fault(b"ZZCARRY\n" + b"\xff" * 100) is PartFault.ALTERED
