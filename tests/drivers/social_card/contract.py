"""What every reader of social-security cards must do. A driver's tests subclass this and give the fixture `stand`."""

from __future__ import annotations

import time
from typing import Final, Protocol

import pytest

from drivers.health import Cause, State
from drivers.social_card.port import ReadFault, SocialCard, SocialCardReader
from drivers.social_card.simulator import SimulatedSocialCard
from drivers.trouble import WrongState
from tests.drivers.social_card.people import BARE, THIRD, ZHANG

PATIENCE_S: Final = 20.0
SITUATIONS: Final = tuple(SimulatedSocialCard.situations)


class Stand(Protocol):
    """An opened reader on the table, and the hand that holds the card."""

    @property
    def reader(self) -> SocialCardReader: ...

    def lay(self, card: SocialCard) -> None:
        """Put it in, in place of one that is there."""

    def lift(self) -> None:
        """Take it out; harmless where there is none."""

    def happen(self, situation: str) -> None:
        """Let one of SITUATIONS happen."""

    def repair(self) -> None:
        """Everything is well again, and the card that was there is in the reader."""


class SocialCardReaderContract:
    """Every card as it is; whatever happens is told with whose fault it is, and ends."""

    def test_an_empty_reader_finds_nothing_and_is_well(self, stand: Stand) -> None:
        wait_until(stand, there=False)
        assert stand.reader.health().state is State.ready

    @pytest.mark.parametrize("card", [ZHANG, BARE, THIRD], ids=["second generation", "bare", "third, read freely"])
    def test_a_card_is_read_as_it_is_and_again(self, stand: Stand, card: SocialCard) -> None:
        put_in(stand, card)
        assert stand.reader.read() == card
        assert stand.reader.read() == card

    def test_cards_are_read_one_after_the_other(self, stand: Stand) -> None:
        for card in (ZHANG, BARE):
            put_in(stand, card)
            assert stand.reader.read() == card

    @pytest.mark.parametrize("situation", SITUATIONS)
    def test_in_every_situation_the_truth_is_told_and_it_ends(self, stand: Stand, situation: str) -> None:
        put_in(stand, ZHANG)
        stand.happen(situation)
        match situation:
            case "card pulled early":
                _is_told(stand, "pulled", None, Cause.person)
            case "a card of another kind":
                _is_told(stand, "wrong_card", 0x6A82, Cause.person)
            case "a card without its number":
                _is_told(stand, "record_missing", 0x6A83, Cause.person)
            case "a card that asks for authentication":
                _is_told(stand, "security", 0x6982, Cause.person)
            case "a card whose data are spoilt":
                _is_told(stand, "card_data", 0x9000, Cause.person)
            case "a card that falls silent":
                _is_told(stand, "hung", None, Cause.device)
            case "the card is gone":
                wait_until(stand, there=False)
                _is_told(stand, "no_card", None, Cause.person)
            case "a slow card" | "a card that answers in portions":
                assert stand.reader.read() == ZHANG
            case _:
                pytest.fail(f"the contract does not say what is to be told of {situation!r}")
        stand.repair()
        wait_until(stand, there=True)
        assert _read_until_well(stand.reader) == ZHANG
        assert stand.reader.health().state is State.ready

    def test_since_stays_while_the_reader_does(self, stand: Stand) -> None:
        wait_until(stand, there=False)
        first = stand.reader.health()
        assert stand.reader.health() == first

    def test_a_closed_reader_does_nothing_and_opens_again(self, stand: Stand) -> None:
        stand.reader.close()
        stand.reader.close()
        for call in (stand.reader.find, stand.reader.read, stand.reader.health):
            with pytest.raises(WrongState):
                call()
        stand.reader.open()
        put_in(stand, ZHANG)
        assert stand.reader.read() == ZHANG


def put_in(stand: Stand, card: SocialCard) -> None:
    """Lay it once the one before is seen to be gone, and wait until the reader has seen it."""
    stand.lift()
    wait_until(stand, there=False)
    stand.lay(card)
    wait_until(stand, there=True)


def wait_until(stand: Stand, *, there: bool) -> None:
    """A service between looks only now and then; pcscd does every 0.4 s."""
    deadline = time.monotonic() + PATIENCE_S
    while stand.reader.find() is not there:
        assert time.monotonic() < deadline, stand.reader.health().code


def _is_told(stand: Stand, name: str, sw: int | None, cause: Cause) -> None:
    outcome = stand.reader.read()
    assert isinstance(outcome, ReadFault)
    assert (outcome.code, outcome.sw) == (f"social_card.{name}", sw)
    assert outcome.health.cause is cause


def _read_until_well(reader: SocialCardReader) -> SocialCard | ReadFault:
    """A reader held by a process that was killed is let go only after a moment."""
    deadline = time.monotonic() + PATIENCE_S
    while isinstance(outcome := reader.read(), ReadFault) and time.monotonic() < deadline:
        pass
    return outcome
