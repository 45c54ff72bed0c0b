"""The contract, kept by the SAM driver on the player, on a pseudo-terminal and over TCP; and the simulator's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from drivers.id_card.port import ReadFault
from drivers.id_card.record import from_record
from drivers.id_card.sam import Deadlines, SamReader
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.id_card.usb_open import open_usb
from drivers.link import LinkRefused
from drivers.simulation import Simulation
from tests.drivers.id_card.contract import BreakableStand, IdCardReaderContract, ReadingContract, Stand
from tests.drivers.id_card.player import PtyPlayer, Script, fields_of
from tests.drivers.id_card.usb_bus import SINGLE, SPLIT, UsbBus, UsbReader

SHORT = Deadlines(find_s=0.3, select_s=0.3, status_s=0.3, read_s=0.5, quiet_s=0.1)


@dataclass
class PlayedStand:
    """A driver at work on the player, which shares no code with it."""

    player: PtyPlayer
    reader: SamReader

    def lay(self, layout: str) -> None:
        self.player.script.lay(layout)

    def lift(self) -> None:
        self.player.script.lift()


@dataclass
class SimulatedStand:
    """A driver at work on a simulated reader."""

    device: SimulatedIdCardReader
    reader: SamReader

    def lay(self, layout: str) -> None:
        self.device.lay(from_record(fields_of(layout)))

    def lift(self) -> None:
        self.device.lift()

    def happen(self, situation: str) -> None:
        self.device.happen(situation)

    def repair(self) -> None:
        self.device.clear()


def stand_on(link: str) -> Iterator[BreakableStand]:
    device = SimulatedIdCardReader()
    with Simulation(device).start(link):
        reader = SamReader(device.link, deadlines=SHORT)
        reader.open()
        yield SimulatedStand(device, reader)
        reader.close()


class TestSamOnThePlayer(ReadingContract):
    @pytest.fixture
    def stand(self) -> Iterator[Stand]:
        with PtyPlayer(Script()) as player:
            player.script.lift()
            reader = SamReader(player.link)
            reader.open()
            yield PlayedStand(player, reader)
            reader.close()


class TestSamOnAPseudoTerminal(IdCardReaderContract):
    @pytest.fixture
    def stand(self) -> Iterator[BreakableStand]:
        yield from stand_on("pty")


# pyserial forgets to close a socket whose other end went first; it is then closed when it is collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
class TestSamOverTcp(IdCardReaderContract):
    @pytest.fixture
    def stand(self) -> Iterator[BreakableStand]:
        yield from stand_on("tcp:0")


class TestSamOverUsb(ReadingContract):
    @pytest.fixture(params=[SPLIT, SINGLE], ids=["split pipes", "single pipes"])
    def stand(self, request: pytest.FixtureRequest) -> Iterator[Stand]:
        device = UsbReader(endpoints=request.param)
        bus = UsbBus(device)
        reader = SamReader("usb://0400:c35a?path=1-1.2", connect=lambda url: open_usb(url, bus))
        reader.open()
        yield SimulatedStand(device.module, reader)
        reader.close()


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
