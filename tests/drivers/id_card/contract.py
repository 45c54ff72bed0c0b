"""What every driver of an ID card reader must do. A driver's tests subclass this and give the fixture `stand`."""

from __future__ import annotations

from typing import Final, Protocol

import pytest

from drivers.health import Cause, State
from drivers.id_card.port import IdCardReader, ReadFault
from drivers.id_card.record import to_record
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.trouble import DeviceTrouble, WrongState
from tests.drivers.id_card.player import LAYOUTS, fields_of

SITUATIONS: Final = tuple(SimulatedIdCardReader.situations)
ASLEEP_BY: Final = 40
"""Questions after which a reader that falls asleep must have been caught at it."""


class Stand(Protocol):
    """An opened reader on the table, and somebody who lays cards on it."""

    @property
    def reader(self) -> IdCardReader: ...

    def lay(self, layout: str) -> None:
        """Lay the card of this layout, one of LAYOUTS."""

    def lift(self) -> None:
        """Take it away."""


class BreakableStand(Stand, Protocol):
    """One on which something can go wrong."""

    def happen(self, situation: str) -> None:
        """Let one of SITUATIONS happen."""

    def repair(self) -> None:
        """Everything is well again."""


class ReadingContract:
    """Every card whole, each reading with a find of its own."""

    def test_an_empty_reader_finds_nothing_and_is_well(self, stand: Stand) -> None:
        assert not stand.reader.find()
        assert stand.reader.health().state is State.ready

    def test_cards_are_read_one_after_the_other(self, stand: Stand) -> None:
        for layout in LAYOUTS:
            stand.lay(layout)
            assert _read(stand.reader) == fields_of(layout)
            stand.lift()
            assert not stand.reader.find()

    def test_a_card_lifted_between_find_and_read_is_told_and_can_be_laid_again(self, stand: Stand) -> None:
        stand.lay("resident")
        assert stand.reader.find()
        stand.lift()
        outcome = stand.reader.read()
        assert isinstance(outcome, ReadFault)
        assert outcome.code == "id_card.select_failed"
        assert outcome.health.cause is Cause.person
        stand.lay("resident")
        assert _read(stand.reader) == fields_of("resident")

    def test_a_reading_needs_a_find_of_its_own(self, stand: Stand) -> None:
        stand.lay("resident")
        with pytest.raises(WrongState):
            stand.reader.read()
        assert _read(stand.reader) == fields_of("resident")
        with pytest.raises(WrongState):
            stand.reader.read()

    def test_a_reader_can_be_closed_and_opened_again(self, stand: Stand) -> None:
        stand.reader.close()
        stand.reader.close()
        with pytest.raises(WrongState):
            stand.reader.find()
        stand.reader.open()
        stand.lay("Y")
        assert stand.reader.find()


class IdCardReaderContract(ReadingContract):
    """And whatever happens is told with whose fault it is, and ends."""

    @pytest.mark.parametrize("situation", SITUATIONS)
    def test_in_every_situation_the_truth_is_told_and_it_ends(self, stand: BreakableStand, situation: str) -> None:
        stand.lay("resident")
        assert stand.reader.find()
        stand.happen(situation)
        match situation:
            case "card pulled early" | "a card of another kind":
                fault = _fault(stand.reader)
                assert (fault.health.state, fault.health.cause) == (State.ready, Cause.person)
            case "garbage on the line":
                fault = _fault(stand.reader)
                assert (fault.health.state, fault.health.cause) == (State.limited, Cause.environment)
            case "a reader that falls asleep":
                states = (stand.reader.health().state for _ in range(ASLEEP_BY))
                assert State.unknown in states
                assert stand.reader.health().cause is Cause.device
                assert not stand.reader.find()
            case "the plug falls out":
                fault = _fault(stand.reader)
                assert (fault.health.state, fault.health.cause) == (State.absent, Cause.environment)
                assert stand.reader.health().state is State.absent
            case _:
                pytest.fail(f"the contract does not say what is to be told of {situation!r}")
        stand.repair()
        stand.lift()
        stand.lay("J")
        assert _read(stand.reader) == fields_of("J")
        assert stand.reader.health().state is State.ready

    def test_since_stays_while_the_reader_does(self, stand: BreakableStand) -> None:
        stand.happen("the plug falls out")
        ill = stand.reader.health()
        assert ill.state is State.absent
        assert stand.reader.health() == ill

    def test_a_reader_that_is_not_there_cannot_be_opened(self, stand: BreakableStand) -> None:
        stand.reader.close()
        stand.happen("the plug falls out")
        with pytest.raises(DeviceTrouble):
            stand.reader.open()
        stand.repair()
        stand.reader.open()


def _read(reader: IdCardReader) -> dict[str, object]:
    assert reader.find()
    outcome = reader.read()
    assert not isinstance(outcome, ReadFault), outcome.code
    record: dict[str, object] = dict(to_record(outcome))
    record.pop("photo_base64")
    return record


def _fault(reader: IdCardReader) -> ReadFault:
    outcome = reader.read()
    assert isinstance(outcome, ReadFault)
    return outcome
