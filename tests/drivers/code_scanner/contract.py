"""What every driver of a code scanner must do, in every situation. A driver's tests subclass this and give `stand`."""

from __future__ import annotations

from typing import Final, Protocol

import pytest

from drivers.code_scanner.port import CodeScanner, Scanned
from drivers.code_scanner.simulator import SECOND, SimulatedCodeScanner
from drivers.health import Cause, Health, State
from drivers.trouble import DeviceTrouble, WrongState

CODE: Final = "ZZ-0042 Ab~\\"
OTHER: Final = "https://example.org/verify/1?c=0042"
PATIENCE_S: Final = 5.0
SHORTLY_S: Final = 0.3
SITUATIONS: Final = tuple(SimulatedCodeScanner.situations)


class Stand(Protocol):
    """An opened scanner on the table, and somebody who holds codes before it."""

    @property
    def scanner(self) -> CodeScanner: ...

    @property
    def can_be_asked(self) -> bool:
        """Whether the scanner answers questions about itself."""

    @property
    def types(self) -> bool:
        """Whether it is a keyboard."""

    def show(self, text: str) -> None:
        """Hold the code before it and let it look."""

    def happen(self, situation: str) -> None: ...

    def repair(self) -> None: ...


class CodeScannerContract:
    """Every code whole, once and in order; nothing else is taken for a code."""

    def test_a_code_is_read_as_it_is(self, stand: Stand) -> None:
        stand.show(CODE)
        assert stand.scanner.scan(PATIENCE_S) == Scanned(CODE, CODE.encode())
        assert stand.scanner.health().state is State.ready

    def test_codes_are_read_one_after_the_other(self, stand: Stand) -> None:
        for code in (CODE, OTHER, CODE):
            stand.show(code)
            outcome = stand.scanner.scan(PATIENCE_S)
            assert isinstance(outcome, Scanned)
            assert outcome.text == code
        assert stand.scanner.scan(0.0) is None

    def test_where_nothing_is_shown_nothing_is_read(self, stand: Stand) -> None:
        assert stand.scanner.scan(SHORTLY_S) is None

    def test_before_the_first_code_a_scanner_that_cannot_be_asked_is_unknown(self, stand: Stand) -> None:
        assert stand.scanner.health().state is (State.ready if stand.can_be_asked else State.unknown)

    def test_what_was_shown_to_the_one_before_is_forgotten(self, stand: Stand) -> None:
        stand.happen("two codes in one burst")
        stand.show(CODE)
        assert isinstance(stand.scanner.scan(PATIENCE_S), Scanned)
        stand.scanner.forget()
        stand.repair()
        stand.show(OTHER)
        outcome = stand.scanner.scan(PATIENCE_S)
        assert isinstance(outcome, Scanned)
        assert outcome.text == OTHER

    @pytest.mark.parametrize("situation", SITUATIONS)
    def test_in_every_situation_the_truth_is_told_and_it_ends(self, stand: Stand, situation: str) -> None:
        stand.happen(situation)
        stand.show(CODE)
        match situation:
            case "two codes in one burst":
                for text in (CODE, SECOND):
                    assert stand.scanner.scan(PATIENCE_S) == Scanned(text, text.encode())
            case "garbage on the line":
                outcome = stand.scanner.scan(PATIENCE_S)
                assert isinstance(outcome, Health)
                assert (outcome.state, outcome.cause) == (State.limited, Cause.environment)
                assert stand.can_be_asked or stand.scanner.health() == outcome
            case "a scanner that says nothing":
                assert stand.scanner.scan(SHORTLY_S) is None
                assert stand.scanner.health().state is State.unknown
            case "the plug falls out":
                outcome = stand.scanner.scan(PATIENCE_S)
                assert isinstance(outcome, Health)
                assert (outcome.state, outcome.cause) == (State.absent, Cause.environment)
                assert stand.scanner.health() == stand.scanner.trigger(True) == outcome
            case "GM65 ignores bad CRC" if stand.can_be_asked:
                assert stand.scanner.scan(SHORTLY_S) is None
                assert stand.scanner.health().code == "code_scanner.silent"
            case "a key that is stuck" if stand.types:
                outcome = stand.scanner.scan(PATIENCE_S)
                assert isinstance(outcome, Health)
                assert (outcome.code, outcome.cause) == ("code_scanner.stuck_key", Cause.device)
            case _:
                assert stand.scanner.scan(PATIENCE_S) == Scanned(CODE, CODE.encode())
        stand.repair()
        stand.scanner.forget()
        stand.show(OTHER)
        assert stand.scanner.scan(PATIENCE_S) == Scanned(OTHER, OTHER.encode())
        assert stand.scanner.health().state is State.ready

    def test_since_stays_while_the_scanner_does(self, stand: Stand) -> None:
        stand.happen("the plug falls out")
        ill = stand.scanner.scan(PATIENCE_S)
        assert stand.scanner.health() == ill == stand.scanner.scan(0.0)

    def test_a_scanner_that_is_not_there_cannot_be_opened(self, stand: Stand) -> None:
        stand.scanner.close()
        stand.happen("the plug falls out")
        with pytest.raises(DeviceTrouble):
            stand.scanner.open()
        stand.repair()
        stand.scanner.open()

    def test_a_closed_scanner_does_nothing(self, stand: Stand) -> None:
        stand.scanner.close()
        stand.scanner.close()
        with pytest.raises(WrongState):
            stand.scanner.scan(0.0)
        with pytest.raises(WrongState):
            stand.scanner.trigger(True)
        with pytest.raises(WrongState):
            stand.scanner.forget()
        with pytest.raises(WrongState):
            stand.scanner.health()
        stand.scanner.open()
        stand.scanner.open()
        stand.show(CODE)
        assert isinstance(stand.scanner.scan(PATIENCE_S), Scanned)
