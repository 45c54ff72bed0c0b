"""After every visit the process is searched for what was personal in it, and replaced when nobody is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from kiosk.journey.screens import Attract, Typing, TypingFor
from kiosk.journey.session import Session
from kiosk.privacy import secrets_of, traces
from kiosk.services.leftovers import QUIET_WITHIN_S, Leftovers
from kiosk.services.renewal import Renewal
from tests.conftest import LogWatch
from tests.kiosk.journey.people import FACTS, LIN, WU


class Cupboard:
    """Anything of ours that could keep something."""

    def __init__(self) -> None:
        self.kept: object = None


class Slotted:
    __slots__ = ("inner",)

    def __init__(self, inner: object) -> None:
        self.inner = inner

    def give(self) -> object:
        return self.inner


@dataclass
class Record:
    text: object


def closing_over(value: object) -> Callable[[], object]:
    return lambda: value


Cupboard.__module__ = Slotted.__module__ = "kiosk.played"


@pytest.mark.parametrize(
    "hiding",
    [
        lambda secret: secret,
        lambda secret: f"before {secret} after",
        lambda secret: {secret: 1},
        lambda secret: deque([[(secret,)]]),
        lambda secret: Record({"inner": secret}),
        Slotted,
        closing_over,
        lambda secret: partial(print, secret),
        lambda secret: Slotted(secret).give,
        lambda secret: secret.encode("gb18030") + b"\n",
        lambda secret: bytearray(secret.encode("utf-16-le")),
    ],
)
def test_a_secret_is_found_wherever_it_hides_and_its_path_does_not_tell_it(
    hiding: Callable[[str], object],
) -> None:
    cupboard = Cupboard()
    cupboard.kept = hiding(LIN.name)
    found = traces(cupboard, frozenset({LIN.name}))
    assert len(found) == 1
    assert found[0].startswith(".kept")
    assert LIN.name not in found[0]
    assert traces(cupboard, frozenset({WU.name})) == ()


def test_a_ring_of_objects_is_walked_once() -> None:
    first, second = Cupboard(), Cupboard()
    first.kept, second.kept = second, [first, LIN.photo]
    assert traces(first, secrets_of(LIN)) == (".kept.kept[1]",)


class Search:
    def __init__(self) -> None:
        self.cupboard = Cupboard()
        self.told: list[tuple[str, ...]] = []
        self.busy = False
        self.picture = False
        self.time = 0.0
        self.leftovers = Leftovers(
            self.cupboard,
            {"preview": lambda: self.picture},
            public=(FACTS.items, "示例村"),
            quiet=lambda: not self.busy,
            told=self.told.append,
            monotonic=lambda: self.time,
        )

    def visit(self, *sessions: Session) -> None:
        for session in sessions:
            self.leftovers.saw(replace(session, started="2026-11-23T02:00:00Z"))
        self.leftovers.saw(Session(number=sessions[-1].number + 1))
        self.leftovers.over()


def test_a_visit_of_which_nothing_is_left_is_told_clean() -> None:
    search = Search()
    search.visit(Session(resident=LIN), Session(resident=LIN, candidate=WU))
    search.leftovers.tick()
    search.leftovers.tick()
    assert search.told == [()]


@pytest.mark.parametrize("left", [LIN.name, LIN.number, LIN.photo, LIN.masked_name, WU.number])
def test_whatever_is_left_of_anyone_in_the_visit_is_told_by_its_place(left: object, logs: LogWatch) -> None:
    search = Search()
    search.cupboard.kept = [left]
    search.visit(Session(resident=LIN, candidate=WU), Session(resident=LIN))
    logs.expect("left of a visit that is over: .kept[0]")
    search.leftovers.tick()
    assert search.told == [(".kept[0]",)]


def test_typed_digits_are_searched_for_once_they_tell_somebody() -> None:
    search = Search()
    search.cupboard.kept = "440981"
    search.visit(Session(screen=Typing(TypingFor.NUMBER, text="440981", shown="440981")))
    search.leftovers.tick()
    assert search.told == [()]


def test_a_code_that_was_typed_is_searched_for(logs: LogWatch) -> None:
    search = Search()
    search.cupboard.kept = "9016941052"
    search.visit(Session(screen=Typing(TypingFor.CODE, text="9016941052", shown="9016-941-052")))
    logs.expect("left of a visit that is over: .kept")
    search.leftovers.tick()
    assert search.told == [(".kept",)]


def test_a_picture_still_held_is_told(logs: LogWatch) -> None:
    search = Search()
    search.picture = True
    search.visit(Session(resident=LIN))
    logs.expect("left of a visit that is over: preview")
    search.leftovers.tick()
    assert search.told == [("preview",)]


def test_the_same_person_who_came_again_is_rightly_known() -> None:
    search = Search()
    search.leftovers.saw(Session(resident=LIN, started="2026-11-23T02:00:00Z"))
    search.cupboard.kept = LIN.number
    search.leftovers.saw(Session(number=2, resident=LIN))
    search.leftovers.over()
    search.leftovers.tick()
    assert search.told == [()]


def test_a_screen_that_ends_with_nobody_there_is_no_visit() -> None:
    search = Search()
    search.leftovers.saw(Session())
    search.leftovers.saw(Session(number=2))
    search.leftovers.over()
    search.leftovers.tick()
    assert search.told == []


def test_a_name_that_everybody_is_shown_proves_nothing() -> None:
    search = Search()
    search.cupboard.kept = "示例村"
    search.visit(Session(resident=replace(LIN, name="示例")))
    search.leftovers.tick()
    assert search.told == [()]


def test_the_search_waits_for_what_still_runs_but_not_for_ever() -> None:
    search = Search()
    search.busy = True
    search.visit(Session(resident=LIN))
    search.leftovers.tick()
    assert (search.told, search.leftovers.searching) == ([], True)
    search.time = QUIET_WITHIN_S
    search.leftovers.tick()
    assert (search.told, search.leftovers.searching) == ([()], False)


class Idle:
    def __init__(self, idle_s: float) -> None:
        self.session = Session()
        self.settled = True
        self.replaced = 0
        self.time = 0.0
        self.renewal = Renewal(
            idle_s,
            untouched=lambda: self.session.screen == Attract() and not self.session.card_on_reader,
            settled=lambda: self.settled,
            replace=self._replace,
            monotonic=lambda: self.time,
        )

    def _replace(self) -> None:
        self.replaced += 1

    def after(self, seconds: float) -> int:
        """How often the process was replaced, so many seconds later."""
        self.renewal.tick()
        self.time += seconds
        self.renewal.tick()
        return self.replaced


def test_a_process_that_served_nobody_stays() -> None:
    assert Idle(30).after(100_000) == 0


def test_after_a_visit_the_process_is_replaced_once_when_it_stood_untouched() -> None:
    idle = Idle(30)
    idle.renewal.after_visit(clean=True)
    assert idle.after(29) == 0
    assert idle.after(1) == 1
    assert idle.after(100) == 1


def test_never_is_never_but_not_after_something_was_left() -> None:
    idle = Idle(0)
    idle.renewal.after_visit(clean=True)
    assert idle.after(100_000) == 0
    idle.renewal.after_visit(clean=False)
    assert idle.after(0) == 1


def test_a_card_a_touch_or_work_in_hand_keeps_the_process() -> None:
    idle = Idle(30)
    idle.renewal.after_visit(clean=True)
    idle.session = Session(card_on_reader=True)
    assert idle.after(60) == 0
    idle.session = Session()
    assert idle.after(29) == 0
    idle.session = Session(screen=Attract(card_left=True))
    assert idle.after(60) == 0
    idle.session = Session()
    idle.settled = False
    assert idle.after(60) == 0
    idle.settled = True
    assert idle.after(0) == 1
