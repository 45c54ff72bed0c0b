"""The power goes in the middle of a visit with real files; whoever comes next sees nothing, whose it is goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journey import screens
from kiosk.journey.buttons import Button
from kiosk.journey.people import Person
from offline.drafts import NAME
from tests.kiosk.journey.people import CHEN, LIN, PENSION, WU
from tests.kiosk.services.test_a_visit_for_real import Terminal, list_helper


class Hall:
    """A terminal that can be switched off in the middle of anything."""

    def __init__(self, state_dir: Path) -> None:
        self.draft = state_dir / NAME
        self._state_dir = state_dir
        self.terminal = Terminal(state_dir)
        list_helper(self.terminal)

    def power_cut(self) -> None:
        self.terminal.close()
        self.terminal = Terminal(self._state_dir)

    def home(self, person: Person) -> screens.Home:
        self.terminal.lay(person)
        home = self.terminal.session.screen
        assert isinstance(home, screens.Home)
        return home


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    hall.terminal.lay(LIN)
    hall.terminal.touch(Button.ITEM, value=PENSION.id)
    hall.terminal.touch(Button.BEGIN, Button.WITNESS)
    yield hall
    hall.terminal.close()


def test_the_same_card_goes_on_and_nothing_is_left_when_it_is_done(hall: Hall) -> None:
    hall.power_cut()
    assert hall.home(LIN).cut_short == PENSION
    hall.terminal.touch(Button.RESUME)
    hall.terminal.lay(WU)
    hall.terminal.touch(Button.CONFIRM)
    assert isinstance(hall.terminal.session.screen, screens.Done)
    assert not hall.draft.exists()
    hall.power_cut()
    assert hall.home(LIN).cut_short is None


def test_who_comes_in_between_sees_nothing_and_takes_nothing_away(hall: Hall) -> None:
    hall.power_cut()
    assert hall.home(CHEN).cut_short is None
    hall.terminal.touch(Button.FINISH)
    hall.terminal.tick()
    assert hall.home(LIN).cut_short == PENSION


def test_who_begins_something_takes_its_place(hall: Hall) -> None:
    hall.power_cut()
    hall.home(CHEN)
    hall.terminal.touch(Button.ITEM, value=PENSION.id)
    hall.terminal.touch(Button.BEGIN, Button.FINISH)
    assert not hall.draft.exists()


@pytest.mark.parametrize("way_out", [Button.CANCEL, Button.FINISH])
def test_who_leaves_by_herself_leaves_nothing(hall: Hall, way_out: Button) -> None:
    assert hall.draft.exists()
    hall.terminal.touch(way_out)
    assert not hall.draft.exists()


def test_who_is_offered_it_and_goes_lets_it_go(hall: Hall) -> None:
    hall.power_cut()
    assert hall.home(LIN).cut_short == PENSION
    hall.terminal.touch(Button.FINISH)
    assert not hall.draft.exists()


def test_an_act_that_was_kept_when_the_power_went_is_not_offered_to_be_done_again(hall: Hall) -> None:
    hall.terminal.lay(WU)
    before = hall.draft.read_bytes()
    hall.terminal.touch(Button.CONFIRM)
    hall.draft.write_bytes(before)  # the power went between the commit and the shredder
    hall.power_cut()
    assert hall.home(LIN).cut_short is None
    assert not hall.draft.exists()


def test_after_its_minutes_it_is_gone_though_nobody_came(hall: Hall) -> None:
    hall.power_cut()
    long_ago = hall.draft.read_bytes()
    hall.draft.write_bytes(long_ago[:4] + bytes(8) + long_ago[12:])
    hall.terminal.tick()
    assert not hall.draft.exists()
