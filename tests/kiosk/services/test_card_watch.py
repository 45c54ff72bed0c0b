"""Which card lies on the reader: the real driver on the simulated reader, looked at by hand, without a clock's help."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from drivers.id_card.record import from_record
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.simulation import Simulation
from kiosk.doors import ManualDoor
from kiosk.journey.acts import Act, CardFaulty, CardLaid, CardLifted, CardReading, CardSeen
from kiosk.journey.screens import Reason
from kiosk.services.card_watch import READ_AGAIN_MOST, CardWatch
from kiosk.services.roles import Slot
from kiosk.services.services import TICK_MS
from kiosk.settings import BY_KEY, DeviceSetting
from seeds.people import People

PEOPLE = People.load()
LIN, WU = "lin-yuelan", "wu-guifang"


class Table:
    """A reader on a table, a hand with cards, and the watch; `look` is one poll."""

    def __init__(self, link: str, simulator: SimulatedIdCardReader, poll_s: float = 0.3) -> None:
        self.simulator = simulator
        self.acts: list[Act] = []
        self.time = 0.0
        self.door = ManualDoor()
        setting = DeviceSetting("id_card", "id_card", "sam", link)
        self.slot = Slot("id_card", setting, self.door, changed=lambda *_: None)
        self.watch = CardWatch(self.slot, self.acts.append, poll_s=poll_s, deadline_s=6.0, monotonic=lambda: self.time)

    def lay(self, slug: str) -> None:
        self.simulator.lay(from_record(PEOPLE[slug].card_record()))

    def look(self, times: int = 1) -> list[str]:
        """What is told of so many looks, people by their number."""
        self.acts.clear()
        for _ in range(times):
            self.time += 0.3
            self.watch.tick()
            self.door.turn_all()
        return [_told(act) for act in self.acts]

    @property
    def reads(self) -> int:
        reads: int = self.simulator.state()["reads"]
        return reads


def _told(act: Act) -> str:
    match act:
        case CardLaid(person):
            return next(slug for slug in (LIN, WU) if PEOPLE[slug].id_number == person.number)
        case CardFaulty(reason):
            return f"faulty {reason.name}"
        case _:
            return type(act).__name__


READING, LIFTED, SEEN = CardReading.__name__, CardLifted.__name__, CardSeen.__name__


def table_with(*, once_until_lifted: bool) -> Iterator[Table]:
    simulator = SimulatedIdCardReader(once_until_lifted=once_until_lifted)
    with Simulation(simulator).start(link="tcp:0") as simulation:
        table = Table(simulation.link, simulator)
        yield table
        table.slot.close()
        table.door.turn_all()


@pytest.fixture(params=["finds once", "goes on finding"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """Both kinds of reader."""
    yield from table_with(once_until_lifted=request.param == "finds once")


@pytest.fixture
def once() -> Iterator[Table]:
    """A reader that finds a card once until it is lifted, as most do."""
    yield from table_with(once_until_lifted=True)


@pytest.fixture
def going_on() -> Iterator[Table]:
    """A reader that goes on finding a card that it has read."""
    yield from table_with(once_until_lifted=False)


def test_two_cards_swapped_between_two_looks_are_two_people(table: Table) -> None:
    table.lay(LIN)
    assert table.look() == [READING, LIN]
    table.lay(WU)
    assert table.look() == [LIFTED, WU]
    table.lay(LIN)
    assert table.look() == [LIFTED, LIN]


def test_a_card_that_lies_still_is_read_twice_at_most_and_its_lifting_is_sure(going_on: Table) -> None:
    going_on.lay(LIN)
    assert going_on.look() == [READING, LIN]
    assert going_on.look() == [SEEN]
    assert going_on.look(50) == []
    assert going_on.reads == 2
    going_on.simulator.lift()
    assert going_on.look() == [LIFTED]
    going_on.lay(LIN)
    assert going_on.look() == [READING, LIN]


def test_a_find_after_a_look_without_one_is_a_card_newly_laid(once: Table) -> None:
    once.lay(LIN)
    assert once.look(50) == [READING, LIN]
    assert once.reads == 1
    once.lay(LIN)
    assert once.look() == [LIFTED, READING, LIN]


def test_a_card_laid_again_between_two_looks_is_not_believed_to_lie_there_for_ever(once: Table) -> None:
    once.lay(LIN)
    once.look()
    once.lay(LIN)
    assert once.look() == []
    once.lay(WU)
    assert once.look() == [LIFTED, WU]
    once.simulator.lift()
    assert once.look(5) == []


def test_a_card_pulled_during_the_second_reading_is_gone_and_nothing_is_wrong(going_on: Table) -> None:
    going_on.lay(LIN)
    going_on.look()
    going_on.simulator.fault("card_pulled")
    assert going_on.look() == [LIFTED]
    going_on.simulator.clear()
    assert going_on.look(3) == []


def test_a_card_that_cannot_be_read_is_tried_a_few_times_and_told_once(table: Table) -> None:
    table.simulator.fault("auth_failed")
    table.lay(LIN)
    assert table.look() == [READING, f"faulty {Reason.CARD_UNREADABLE.name}"]
    assert table.look(READ_AGAIN_MOST) == []
    assert table.look(20) == [SEEN]
    table.simulator.lift()
    assert table.look() == [LIFTED]


def test_a_readable_card_in_place_of_an_unreadable_one_is_taken(table: Table) -> None:
    table.simulator.fault("auth_failed")
    table.lay(LIN)
    table.look()
    table.simulator.clear()
    table.lay(WU)
    assert table.look() == [LIFTED, WU]


def test_a_card_asked_for_is_read_though_it_was_read_before(going_on: Table) -> None:
    going_on.lay(LIN)
    going_on.look(3)
    going_on.watch.read_again()
    assert going_on.look() == [READING, LIN]


def test_asked_for_on_an_empty_reader_it_is_said_that_there_is_none(table: Table) -> None:
    table.watch.read_again()
    assert table.look(5) == [LIFTED]


def test_a_reader_that_is_not_authorised_is_the_readers_fault_and_no_card_is_asked_for_again(table: Table) -> None:
    table.simulator.fault("not_authorised")
    table.lay(LIN)
    told = table.look(3)
    assert f"faulty {Reason.READER_LOST.name}" in told
    assert f"faulty {Reason.CARD_UNREADABLE.name}" not in told


def test_a_card_is_noticed_within_400_ms_by_a_terminal_as_it_is_set_and_ticked() -> None:
    find_s, looks = 0.004, list[float]()
    simulator = SimulatedIdCardReader()
    with Simulation(simulator).start(link="tcp:0") as simulation:
        table = Table(simulation.link, simulator, float(BY_KEY["card.poll_s"].default or 0))
        for tick in range(40):
            table.time = tick * TICK_MS / 1000
            table.watch.tick()
            if table.door.busy:
                looks.append(table.time)
                table.time += find_s
                table.door.turn_all()
        table.slot.close()
        table.door.turn_all()
    pauses = [after - before for before, after in pairwise(looks)]
    assert max(pauses) + find_s <= 0.4
    assert min(pauses) >= 0.2, "the reader is not to be asked without a pause"
