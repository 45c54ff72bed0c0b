"""What every reader must do, asked of the driver on the simulator and on the player alike, over real terminals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

import pytest

from drivers.health import State
from drivers.id_card.port import IdCardReader, ReadFault
from drivers.id_card.record import from_record, to_record
from drivers.id_card.sam import Deadlines, SamReader
from drivers.id_card.sam_link import open_sam_link
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.id_card.usb_open import open_usb
from drivers.link import Link, LinkRefused
from drivers.simulation import Simulation
from drivers.trouble import WrongState
from tests.drivers.id_card.player import LAYOUTS, PtyPlayer, Script, fields_of
from tests.drivers.id_card.usb_bus import SINGLE, SPLIT, UsbBus, UsbReader

SHORT = Deadlines(find_s=0.3, select_s=0.3, status_s=0.3, read_s=0.5, quiet_s=0.1)


class Hand(Protocol):
    """Who lays cards on the other end."""

    link: str

    def connect(self, url: str) -> Link: ...

    def lay(self, layout: str) -> None: ...

    def lift(self) -> None: ...


class PlayersHand:
    """Lays cards on the player."""

    def __init__(self, player: PtyPlayer) -> None:
        self._player = player
        self.link = player.link
        self.lift()

    def connect(self, url: str) -> Link:
        return open_sam_link(url)

    def lay(self, layout: str) -> None:
        self._player.script.lay(layout)

    def lift(self) -> None:
        self._player.script.lift()


class SimulatorsHand:
    """Lays cards on the simulator."""

    def __init__(self, simulator: SimulatedIdCardReader) -> None:
        self._simulator = simulator
        self.link = simulator.link

    def connect(self, url: str) -> Link:
        return open_sam_link(url)

    def lay(self, layout: str) -> None:
        self._simulator.lay(from_record(fields_of(layout)))

    def lift(self) -> None:
        self._simulator.lift()


class UsbHand:
    """Lays cards on the simulated module behind a USB bus."""

    def __init__(self, device: UsbReader) -> None:
        self._module = device.module
        self._bus = UsbBus(device)
        self.link = "usb://0400:c35a?path=1-1.2"

    def connect(self, url: str) -> Link:
        return open_usb(url, self._bus)

    def lay(self, layout: str) -> None:
        self._module.lay(from_record(fields_of(layout)))

    def lift(self) -> None:
        self._module.lift()


@pytest.fixture(params=["player", "simulator on a terminal", "simulator on TCP", "split pipes", "single pipes"])
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    if "pipes" in request.param:
        yield UsbHand(UsbReader(endpoints=SPLIT if "split" in request.param else SINGLE))
        return
    if request.param == "player":
        with PtyPlayer(Script()) as player:
            yield PlayersHand(player)
        return
    simulator = SimulatedIdCardReader()
    with Simulation(simulator).start(link="pty" if "terminal" in request.param else "tcp:0"):
        yield SimulatorsHand(simulator)


@pytest.fixture
def reader(hand: Hand) -> Iterator[IdCardReader]:
    reader: IdCardReader = SamReader(hand.link, connect=hand.connect)
    reader.open()
    yield reader
    reader.close()


def test_an_empty_reader_finds_nothing_and_is_well(reader: IdCardReader) -> None:
    assert not reader.find()
    assert reader.health().state is State.ready


def test_cards_are_read_one_after_the_other(reader: IdCardReader, hand: Hand) -> None:
    for layout in LAYOUTS:
        hand.lay(layout)
        assert reader.find()
        outcome = reader.read()
        assert not isinstance(outcome, ReadFault), outcome.code
        record = to_record(outcome)
        record.pop("photo_base64")
        assert record == fields_of(layout)
        hand.lift()
        assert not reader.find()


def test_a_card_lifted_between_find_and_read_is_told_and_can_be_laid_again(reader: IdCardReader, hand: Hand) -> None:
    hand.lay("resident")
    assert reader.find()
    hand.lift()
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    assert outcome.code == "id_card.select_failed"
    hand.lay("resident")
    assert reader.find()
    assert not isinstance(reader.read(), ReadFault)


def test_a_reading_needs_a_find_of_its_own(reader: IdCardReader, hand: Hand) -> None:
    hand.lay("resident")
    with pytest.raises(WrongState):
        reader.read()
    assert reader.find()
    reader.read()
    with pytest.raises(WrongState):
        reader.read()


def test_a_reader_can_be_closed_and_opened_again(reader: IdCardReader, hand: Hand) -> None:
    reader.close()
    with pytest.raises(WrongState):
        reader.find()
    reader.open()
    hand.lay("Y")
    assert reader.find()


@pytest.fixture
def simulator() -> Iterator[SimulatedIdCardReader]:
    simulator = SimulatedIdCardReader()
    with Simulation(simulator).start():
        yield simulator


@pytest.fixture
def hasty(simulator: SimulatedIdCardReader) -> Iterator[SamReader]:
    reader = SamReader(simulator.link, deadlines=SHORT)
    reader.open()
    yield reader
    reader.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("card_pulled", "id_card.read_failed"),
        ("auth_failed", "id_card.reader_rejects_card"),
        ("wrong_card", "id_card.wrong_card"),
        ("not_authorised", "id_card.not_authorised"),
        ("self_test_failed", "id_card.self_test"),
        ("silent", "id_card.silent"),
        ("garbage", "id_card.noise"),
        ("half_frame", "id_card.half_frame"),
        ("wrong_checksum", "id_card.checksum"),
        ("unplugged", "id_card.link_lost"),
    ],
)
def test_a_simulated_fault_is_told_and_clears(
    simulator: SimulatedIdCardReader, hasty: SamReader, fault: str, code: str
) -> None:
    simulator.lay(from_record(fields_of("resident")))
    assert hasty.find()
    simulator.fault(fault)
    outcome = hasty.read()
    assert isinstance(outcome, ReadFault)
    if fault == "garbage":
        assert outcome.code in ("id_card.noise", "id_card.checksum", "id_card.half_frame")
    else:
        assert outcome.code == code
    simulator.clear()
    simulator.lay(from_record(fields_of("J")))
    assert hasty.find()
    assert not isinstance(hasty.read(), ReadFault)


@pytest.mark.parametrize("situation", SimulatedIdCardReader.situations)
def test_in_every_situation_a_card_is_read_whole_or_a_fault_is_told_and_the_next_card_is_read(
    simulator: SimulatedIdCardReader, hasty: SamReader, situation: str
) -> None:
    simulator.happen(situation)
    for layout in (*LAYOUTS, *LAYOUTS):
        simulator.lay(from_record(fields_of(layout)))
        outcome = hasty.read() if hasty.find() else None
        if outcome is None or isinstance(outcome, ReadFault):
            simulator.clear()
            hasty.find()
        else:
            assert outcome.number == fields_of(layout)["number"]
    simulator.clear()
    simulator.lay(from_record(fields_of("Y")))
    assert hasty.find()
    assert not isinstance(hasty.read(), ReadFault)


def test_after_one_reading_the_card_must_be_lifted(simulator: SimulatedIdCardReader, hasty: SamReader) -> None:
    simulator.lay(from_record(fields_of("resident")))
    assert hasty.find()
    hasty.read()
    assert not hasty.find()
    simulator.find_once(False)
    assert hasty.find()
    simulator.find_once(True)
    assert not hasty.find()
    simulator.lift()
    simulator.lay(from_record(fields_of("resident")))
    assert hasty.find()


def test_an_unplugged_reader_cannot_be_opened(simulator: SimulatedIdCardReader) -> None:
    simulator.fault("unplugged")
    with pytest.raises(LinkRefused) as refused:
        SamReader(simulator.link).open()
    assert refused.value.code == "link.missing"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("AAAAAA96690003200121", "AAAAAA9669000400001014"),  # a wrong check byte, seen in the wild
        ("AAAAAA96690003200023", "AAAAAA9669000400002125"),  # a PARA that does not exist
        ("AAAAAA966900020103", "AAAAAA9669000400001115"),  # too short for a command
        ("AAAAAA96690003300132", "AAAAAA9669000400004145"),  # a read before find and select
        ("AAAAAA96690003200122", "AAAAAA9669000800009F0000000097"),
        ("AAAAAA96690003200221", "AAAAAA9669000C00009000000000000000009C"),
    ],
)
def test_the_simulator_answers_in_the_published_bytes(sent: str, answered: str) -> None:
    said: list[bytes] = []

    class Overheard(SimulatedIdCardReader):
        def say(self, data: bytes) -> None:
            said.append(data)

    simulator = Overheard()
    simulator.lay(from_record(fields_of("resident")))
    simulator.hear(bytes.fromhex(sent))
    assert [data.hex().upper() for data in said] == [answered]


def test_a_card_that_cannot_be_written_is_refused(simulator: SimulatedIdCardReader) -> None:
    card = from_record(fields_of("resident"))
    with pytest.raises(ValueError):
        simulator.lay(replace(card, number="1" * 40))
