"""The driver against played bytes: split anywhere, behind garbage, slow, wrong, and well again afterwards."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from drivers.health import Cause, State
from drivers.id_card.port import IdCard, ReadFault
from drivers.id_card.record import to_record
from drivers.id_card.reply import STATUS_NAMES
from drivers.id_card.sam import SamReader
from drivers.link import LinkRefused
from drivers.trouble import WrongState
from tests.drivers.id_card.player import (
    BYTE_S_AT_9600,
    FOUND,
    LAYOUTS,
    NO_ADDRESS,
    NO_CARD,
    PHOTO,
    SELECTED,
    MemoryLink,
    Pieces,
    Script,
    card_reply,
    connected,
    each_byte,
    fields_of,
    framed,
    status,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GARBAGE = (
    b"\x00",
    b"\xff" * 40,
    bytes.fromhex("AAAAAA9669"),
    bytes.fromhex("AAAAAAAA9669AA"),
    bytes.fromhex("AAAAAA96690003AA55FF"),
    card_reply("Y")[:700],
    card_reply("J")[-40:],
)


def reader_on(link: MemoryLink) -> SamReader:
    reader = SamReader("played", clock=lambda: NOW, monotonic=link.monotonic, connect=connected(link))
    reader.open()
    return reader


def fields(outcome: IdCard | ReadFault) -> dict[str, object]:
    assert not isinstance(outcome, ReadFault), outcome.code
    record = to_record(outcome)
    assert base64.b64decode(record.pop("photo_base64")) == PHOTO
    return record


def assert_reads(reader: SamReader, script: Script, layout: str) -> None:
    script.lay(layout)
    assert reader.find()
    assert fields(reader.read()) == fields_of(layout)
    assert reader.health().state is State.ready


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_card_is_read_split_at_every_byte_boundary(layout: str) -> None:
    whole = card_reply(layout)
    script = Script()
    script.lay(layout)
    reader = reader_on(MemoryLink(script))
    expected = fields_of(layout)
    for boundary in range(1, len(whole)):
        script.read = (whole[:boundary], whole[boundary:])
        assert reader.find()
        assert fields(reader.read()) == expected, boundary


@pytest.mark.parametrize("layout", LAYOUTS)
def test_find_and_select_are_understood_split_at_every_byte_boundary(layout: str) -> None:
    script = Script()
    script.lay(layout)
    reader = reader_on(MemoryLink(script))
    for boundary in range(1, len(SELECTED)):
        script.find = (FOUND[:boundary], FOUND[boundary:])
        script.select = (SELECTED[:boundary], SELECTED[boundary:])
        assert reader.find()
        assert fields(reader.read()) == fields_of(layout)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_a_card_is_read_with_garbage_before_every_reply(layout: str, garbage: bytes) -> None:
    script = Script()
    script.lay(layout)
    script.find = (garbage, FOUND)
    script.select = (garbage + SELECTED,)
    script.read = (garbage, card_reply(layout))
    reader = reader_on(MemoryLink(script))
    assert reader.find()
    assert fields(reader.read()) == fields_of(layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_card_is_read_at_9600_baud(layout: str) -> None:
    script = Script(find=each_byte(FOUND), select=each_byte(SELECTED), read=each_byte(card_reply(layout)))
    link = MemoryLink(script, piece_s=BYTE_S_AT_9600)
    reader = reader_on(link)
    assert reader.find()
    assert fields(reader.read()) == fields_of(layout)
    assert link.now == pytest.approx((len(FOUND) + len(SELECTED) + 1295 + len(NO_ADDRESS)) * BYTE_S_AT_9600)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_answer_left_over_from_before_is_not_taken_for_the_new_one(layout: str) -> None:
    script = Script()
    script.lay(layout)
    link = MemoryLink(script)
    reader = reader_on(link)
    link.send([NO_CARD, card_reply("resident")])
    assert reader.find()
    link.send([status(0x41), SELECTED])
    assert fields(reader.read()) == fields_of(layout)


def test_a_late_answer_of_another_shape_is_waited_past() -> None:
    script = Script()
    script.lay("J")
    script.select = (FOUND, SELECTED)
    script.read = (SELECTED, card_reply("J"))
    reader = reader_on(MemoryLink(script))
    assert reader.find()
    assert fields(reader.read()) == fields_of("J")


@pytest.mark.parametrize("stage", ["select", "read"])
@pytest.mark.parametrize("sw3", sorted(STATUS_NAMES))
def test_every_status_is_its_own_fault_and_the_next_card_is_read(sw3: int, stage: str) -> None:
    script = Script()
    script.lay("resident")
    answer = (status(sw3, 0x6A, 0x82),)
    if stage == "select":
        script.select = answer
    else:
        script.read = answer
    reader = reader_on(MemoryLink(script))
    assert reader.find()
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.code == f"id_card.{STATUS_NAMES[sw3]}"
    assert outcome.sw == (0x6A, 0x82, sw3)
    assert outcome.health.cause is not None
    assert_reads(reader, script, "I")


def test_the_statuses_differ_from_each_other() -> None:
    assert len(set(STATUS_NAMES.values())) == len(STATUS_NAMES) == 16


@pytest.mark.parametrize("sw3", sorted(STATUS_NAMES))
def test_a_status_instead_of_a_card_means_nothing_was_found(sw3: int) -> None:
    script = Script(find=(status(sw3),))
    reader = reader_on(MemoryLink(script))
    assert not reader.find()
    assert_reads(reader, script, "Y")


def bad_block(offset: int, data: bytes) -> bytes:
    body = bytearray(card_reply("resident")[10:-1])
    body[4 + offset : 4 + offset + len(data)] = data
    return framed(bytes(body))


RESIDENT = card_reply("resident")
BROKEN_READS: tuple[tuple[str, str, Pieces], ...] = (
    ("silence", "silent", ()),
    ("noise alone", "noise", (b"\x00\x55" * 300,)),
    ("half a frame", "half_frame", (RESIDENT[:600],)),
    ("all but the last byte", "half_frame", (RESIDENT[:-1],)),
    ("a preamble and no more", "half_frame", (RESIDENT[:5],)),
    ("a wrong check byte", "checksum", (RESIDENT[:-1] + b"\x48",)),
    ("a flipped bit in the middle", "checksum", (RESIDENT[:800] + b"\x01" + RESIDENT[801:],)),
    ("a length that cannot be", "noise", (RESIDENT[:5] + b"\xff\xff" + RESIDENT[7:],)),
    ("a length too small", "noise", (RESIDENT[:5] + b"\x00\x01" + RESIDENT[7:],)),
    ("a success without a body", "unexpected", (status(0x90),)),
    ("a find's success", "unexpected", (FOUND,)),
    ("a content of one byte", "unexpected", (bytes.fromhex("AAAAAA966900020507"),)),
    ("a wrong text length", "unexpected", (framed(b"\x01\x02\x04\x00" + RESIDENT[14:-1]),)),
    ("a wrong photo length", "unexpected", (framed(b"\x01\x00\x04\x01" + RESIDENT[14:-1]),)),
    ("a body cut short", "unexpected", (framed(RESIDENT[10:900]),)),
    ("a lone surrogate in the name", "text", (bad_block(0, b"\x00\xd8\x20\x00"),)),
    ("an unknown type letter", "layout", (bad_block(248, "Q".encode("utf-16-le")),)),
    ("an undocumented status", "unknown_status", (status(0xA1),)),
)


@pytest.mark.parametrize(("name", "pieces"), [row[1:] for row in BROKEN_READS], ids=[row[0] for row in BROKEN_READS])
def test_every_bad_answer_is_its_own_fault_and_the_next_card_is_read(name: str, pieces: Pieces) -> None:
    script = Script()
    script.lay("resident")
    script.read = pieces
    link = MemoryLink(script)
    reader = reader_on(link)
    assert reader.find()
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.code == f"id_card.{name}"
    assert link.now <= 4.0 + 0.6
    for layout in LAYOUTS:
        assert_reads(reader, script, layout)


def test_half_a_card_that_goes_on_when_the_next_question_was_asked_spoils_nothing() -> None:
    script = Script()
    script.lay("resident")
    script.read = (RESIDENT[:600],)
    link = MemoryLink(script)
    reader = reader_on(link)
    assert reader.find()
    assert isinstance(reader.read(), ReadFault)
    link.send([RESIDENT[600:]])
    assert_reads(reader, script, "J")


def test_a_frame_inside_the_photo_is_not_taken_for_the_answer() -> None:
    body = bytearray(RESIDENT[10:-1])
    body[400:410] = status(0x41)[:10]
    body[700:711] = status(0x41)
    whole = framed(bytes(body))
    script = Script()
    script.lay("resident")
    reader = reader_on(MemoryLink(script))
    for boundary in (500, 1110, 1111, 1200):
        script.read = (whole[:boundary], whole[boundary:])
        assert reader.find()
        assert not isinstance(reader.read(), ReadFault)


def test_a_line_that_never_falls_quiet_does_not_hold_the_caller() -> None:
    class Chatter(MemoryLink):
        def read(self, limit: int, timeout_s: float) -> bytes:
            self.now += 0.01
            return b"\x55" * 10

    link = Chatter(Script())
    reader = reader_on(link)
    assert not reader.find()
    assert reader.health().code == "id_card.noise"
    assert link.now < 10


def test_a_lost_link_is_absence_and_its_return_is_noticed() -> None:
    script = Script()
    script.lay("resident")
    first, second = MemoryLink(script), MemoryLink(script)
    ways: list[MemoryLink | None] = [first, None, second]

    def connect(_url: str) -> MemoryLink:
        link = ways.pop(0)
        if link is None:
            raise LinkRefused("link.missing", "没有。", "插好。")
        return link

    reader = SamReader("played", clock=lambda: NOW, monotonic=lambda: first.now + second.now, connect=connect)
    reader.open()
    assert reader.find()
    first.lost = True
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert (outcome.code, outcome.health.state, outcome.health.cause) == (
        "id_card.link_lost",
        State.absent,
        Cause.environment,
    )
    assert first.closed
    assert not reader.find()
    assert_reads(reader, script, "Y")


def test_what_is_wrong_with_a_card_says_the_reader_is_well() -> None:
    script = Script()
    script.lay("resident")
    script.read = (status(0x32),)
    reader = reader_on(MemoryLink(script))
    assert reader.find()
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.health.cause is Cause.person
    assert reader.health().state is State.ready


@pytest.mark.parametrize(
    ("pieces", "state", "code"),
    [
        ((status(0x60),), State.failed, "id_card.self_test"),
        ((status(0x66),), State.failed, "id_card.not_authorised"),
        ((), State.unknown, "id_card.silent"),
    ],
)
def test_health_is_asked_of_the_reader(pieces: Pieces, state: State, code: str) -> None:
    reader = reader_on(MemoryLink(Script(status=pieces)))
    health = reader.health()
    assert (health.state, health.code, health.since) == (state, code, NOW)


def test_since_stays_while_the_trouble_stays() -> None:
    days = iter(range(1, 20))
    link = MemoryLink(Script(status=()))
    reader = SamReader(
        "played",
        clock=lambda: datetime(2026, 11, next(days), tzinfo=UTC),
        monotonic=link.monotonic,
        connect=connected(link),
    )
    reader.open()
    first = reader.health().since
    assert reader.health().since == first


def test_calls_out_of_order_raise() -> None:
    script = Script()
    script.lay("resident")
    link = MemoryLink(script)
    reader = SamReader("played", monotonic=link.monotonic, connect=connected(link))
    for call in (reader.find, reader.read, reader.health):
        with pytest.raises(WrongState):
            call()
    reader.open()
    with pytest.raises(WrongState):
        reader.open()
    with pytest.raises(WrongState):
        reader.read()
    assert reader.find()
    reader.read()
    with pytest.raises(WrongState):
        reader.read()
    reader.close()
    reader.close()
    with pytest.raises(WrongState):
        reader.find()


def test_a_card_does_not_show_itself_in_a_log() -> None:
    script = Script()
    script.lay("resident")
    reader = reader_on(MemoryLink(script))
    assert reader.find()
    shown = repr(reader.read())
    assert "张三" not in shown
    assert "11010519491231002X" not in shown
