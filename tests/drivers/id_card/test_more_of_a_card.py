"""What a module tells besides text and photo: newest address, fingerprints, its number. None of it spoils a card."""

from __future__ import annotations

import pytest

from drivers.health import State
from drivers.id_card.port import IdCard, ReadFault
from drivers.id_card.record import from_record
from drivers.id_card.sam import Deadlines, SamReader
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.link import LinkLost
from drivers.simulation import Simulation
from drivers.trouble import WrongState
from tests.drivers.id_card.player import (
    ADDRESS,
    FOUND,
    LAYOUTS,
    NEWEST_ADDRESS,
    NO_ADDRESS,
    NUMBER,
    WELL,
    MemoryLink,
    Pieces,
    Script,
    card_reply,
    card_reply_with_fingerprints,
    connected,
    fields_of,
    framed,
    status,
)

ADDRESS_S = Deadlines().address_s


def reader_on(link: MemoryLink, **options: bool | int) -> SamReader:
    reader = SamReader("played", monotonic=link.monotonic, connect=connected(link), **options)  # type: ignore[arg-type]
    reader.open()
    return reader


def read(reader: SamReader) -> IdCard:
    assert reader.find()
    card = reader.read()
    assert not isinstance(card, ReadFault), card.code
    return card


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_newest_address_is_read_after_the_card_without_another_find(layout: str) -> None:
    script = Script(newest_address=(ADDRESS,))
    script.lay(layout)
    card = read(reader_on(MemoryLink(script)))
    assert card.newest_address == NEWEST_ADDRESS
    assert script.asked == ["find", "select", "read", "newest_address"]


@pytest.mark.parametrize("boundary", range(1, len(ADDRESS)))
def test_the_newest_address_is_understood_split_at_every_byte(boundary: int) -> None:
    script = Script(newest_address=(b"\x00\xaa", ADDRESS[:boundary], ADDRESS[boundary:]))
    script.lay("resident")
    assert read(reader_on(MemoryLink(script))).newest_address == NEWEST_ADDRESS


@pytest.mark.parametrize(
    ("pieces", "address"),
    [
        ((NO_ADDRESS,), ""),
        ((status(0x41),), None),
        ((status(0x21),), None),
        ((status(0xA1),), None),
        ((), None),
        ((ADDRESS[:40],), None),
        ((ADDRESS[:-1] + b"\x00",), None),
        ((b"\x55" * 90,), None),
        ((WELL,), None),
        ((framed(bytes(68)),), None),
        ((framed(b"\x00\xd8" + b"\x20\x00" * 34),), None),
        ((card_reply("Y"),), None),
    ],
)
def test_whatever_comes_of_the_address_the_card_is_read(pieces: Pieces, address: str | None) -> None:
    script = Script(newest_address=pieces)
    script.lay("resident")
    link = MemoryLink(script)
    reader = reader_on(link)
    assert read(reader).newest_address == address
    assert link.now <= ADDRESS_S + 0.6
    assert reader.health().state is State.ready


def test_a_link_lost_at_the_address_leaves_the_card_and_is_told_by_the_next_question() -> None:
    script = Script()
    script.lay("resident")

    class PulledAtTheAddress(MemoryLink):
        def write(self, data: bytes) -> None:
            if data[7:9] == b"\x30\x03":
                self.lost = True
                raise LinkLost("link.lost", "断了。", "接好。")
            super().write(data)

    link = PulledAtTheAddress(script)
    reader = reader_on(link)
    assert read(reader).newest_address is None
    assert link.closed
    assert not reader.find()
    assert reader.health().state is State.absent


def test_a_module_that_has_never_heard_of_the_address_is_asked_twice_and_no_more() -> None:
    script = Script(newest_address=())
    script.lay("resident")
    link = MemoryLink(script)
    reader = reader_on(link)
    for _ in range(5):
        read(reader)
    assert script.asked.count("newest_address") == 2
    assert link.now == pytest.approx(2 * ADDRESS_S)
    reader.close()
    reader.open()
    read(reader)
    assert script.asked.count("newest_address") == 3


def test_a_card_that_took_long_leaves_the_address_only_the_rest_of_the_time() -> None:
    whole = card_reply("resident")
    slow = 3.99 / len(whole)
    script = Script(newest_address=())
    script.lay("resident")
    link = MemoryLink(script, piece_s=slow)
    reader = reader_on(link)
    assert read(reader).newest_address is None
    found_s = len(FOUND) * slow
    assert link.now - found_s == pytest.approx(Deadlines().card_s)
    for _ in range(3):
        read(reader)
    assert script.asked.count("newest_address") == 4, "a wait cut short proves nothing about the module"


def test_the_address_is_not_asked_for_where_nobody_wants_it() -> None:
    script = Script()
    script.lay("resident")
    assert read(reader_on(MemoryLink(script), newest_address=False)).newest_address is None
    assert "newest_address" not in script.asked


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [1024, 512, 0])
def test_fingerprints_are_carried_as_they_come(layout: str, size: int) -> None:
    fingers = bytes(size)
    whole = card_reply_with_fingerprints(layout, fingers)
    script = Script(read_with_fingerprints=(whole[:1300], whole[1300:]), newest_address=(ADDRESS,))
    card = read(reader_on(MemoryLink(script), fingerprints=True))
    assert (card.fingerprints, card.newest_address) == (fingers, NEWEST_ADDRESS)
    assert card.number == fields_of(layout)["number"]
    assert "read" not in script.asked


def test_no_fingerprint_is_asked_for_unless_told() -> None:
    script = Script()
    script.lay("resident")
    assert read(reader_on(MemoryLink(script))).fingerprints is None
    assert "read_with_fingerprints" not in script.asked


def test_a_fingerprint_block_that_does_not_add_up_is_a_fault() -> None:
    script = Script(read_with_fingerprints=(card_reply("resident"),))
    reader = reader_on(MemoryLink(script), fingerprints=True)
    assert reader.find()
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.code == "id_card.unexpected"


@pytest.mark.parametrize(
    ("pieces", "number"),
    [
        ((NUMBER,), "05.03-20250101-0001234567-0007654321"),
        ((b"\xff", NUMBER[:9], NUMBER[9:]), "05.03-20250101-0001234567-0007654321"),
        ((), None),
        ((status(0x21),), None),
        ((framed(bytes(15)),), None),
    ],
)
def test_the_module_tells_its_number_or_nothing(pieces: Pieces, number: str | None) -> None:
    reader = reader_on(MemoryLink(Script(module_number=pieces)))
    before = reader.health()
    assert reader.module_number() == number
    assert reader.health() == before


def test_the_number_of_a_closed_reader_is_asked_too_early() -> None:
    with pytest.raises(WrongState):
        SamReader("played", connect=connected(MemoryLink(Script()))).module_number()


def test_the_size_of_radio_exchanges_is_told_at_every_opening_and_its_answer_changes_nothing() -> None:
    script = Script(set_rf=(status(0x21),))
    script.lay("resident")
    link = MemoryLink(script)
    reader = reader_on(link, rf_bytes=80)
    read(reader)
    assert script.asked[0] == "set_rf"
    link.lost = True
    assert not reader.find()
    link.lost = False
    read(reader)
    assert script.asked.count("set_rf") == 2


@pytest.mark.parametrize("size", [0, 23, 256])
def test_a_size_no_module_takes_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="24 to 255"):
        SamReader("played", rf_bytes=size)


@pytest.mark.parametrize(
    ("fault", "address"), [(None, NEWEST_ADDRESS), ("address_silent", None), ("address_broken", None)]
)
def test_the_simulator_tells_the_newest_address(fault: str | None, address: str | None) -> None:
    simulator = SimulatedIdCardReader()
    with Simulation(simulator).start():
        reader = SamReader(simulator.link, deadlines=Deadlines(address_s=0.2))
        reader.open()
        simulator.lay(from_record({**fields_of("resident"), "newest_address": NEWEST_ADDRESS}))
        if fault is not None:
            simulator.fault(fault)
        assert read(reader).newest_address == address
        reader.close()


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("AAAAAA96690003300330", "AAAAAA9669000400004145"),  # before find and select
        ("AAAAAA9669000312FFEE", NUMBER.hex().upper()),
        ("AAAAAA9669000461FF50CA", "AAAAAA9669000400009094"),
        ("AAAAAA9669000461FF108A", "AAAAAA9669000400002125"),  # fewer bytes than any card needs
        ("AAAAAA96690003600566", "AAAAAA9669000400002125"),  # a rate that does not exist
    ],
)
def test_the_simulator_answers_the_rarer_questions_in_the_published_bytes(sent: str, answered: str) -> None:
    said: list[bytes] = []

    class Overheard(SimulatedIdCardReader):
        def say(self, data: bytes) -> None:
            said.append(data)

    simulator = Overheard()
    simulator.lay(from_record(fields_of("resident")))
    simulator.hear(bytes.fromhex(sent))
    assert [data.hex().upper() for data in said] == [answered]
