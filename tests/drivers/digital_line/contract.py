"""What every driver of a contact must do. A driver's tests subclass this and give the fixture `stand`."""

from __future__ import annotations

from typing import Protocol

import pytest

from drivers.digital_line.port import Active, DigitalLine, Inactive, LineUnknown
from drivers.health import State
from drivers.trouble import WrongState


class Stand(Protocol):
    """A contact on its wire, opened, with somebody who can make and break it."""

    @property
    def line(self) -> DigitalLine: ...

    def make(self) -> None: ...

    def break_(self) -> None: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class DigitalLineContract:
    """The truth about a contact, whatever the driver."""

    def test_a_contact_that_rests_is_inactive_and_well(self, stand: Stand) -> None:
        assert stand.line.read() == Inactive()
        assert stand.line.health().state is State.ready

    def test_a_contact_is_followed(self, stand: Stand) -> None:
        stand.make()
        assert stand.line.read() == Active()
        stand.break_()
        assert stand.line.read() == Inactive()

    def test_a_line_taken_away_is_unknown_and_never_inactive(self, stand: Stand) -> None:
        stand.unplug()
        said = stand.line.read()
        assert isinstance(said, LineUnknown)
        assert said.health.state is State.absent
        assert stand.line.health().state is State.absent

    def test_a_line_put_back_is_read_again_without_help(self, stand: Stand) -> None:
        stand.unplug()
        stand.line.read()
        stand.replug()
        assert stand.line.read() == Inactive()

    def test_calls_out_of_order_are_refused(self, stand: Stand) -> None:
        with pytest.raises(WrongState):
            stand.line.open()
        stand.line.close()
        stand.line.close()
        with pytest.raises(WrongState):
            stand.line.read()
        with pytest.raises(WrongState):
            stand.line.health()
        stand.line.open()
        assert stand.line.read() == Inactive()
