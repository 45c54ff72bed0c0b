"""Doors: serial, exactly one answer, deadlines kept, nothing lost at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.doors import DoorShut, Err, Late, ManualDoor, Ok, ThreadDoor


def at_once(call: Callable[[], None]) -> None:
    call()


def test_work_is_done_one_piece_after_the_other() -> None:
    door, done = ThreadDoor("test", at_once), threading.Event()
    seen: list[object] = []
    for n in range(20):
        door.ask(lambda n=n: n, seen.append)  # type: ignore[misc]
    door.ask(lambda: None, lambda _: done.set())
    assert done.wait(10)
    assert seen == [Ok(n) for n in range(20)]
    door.close()


def test_what_the_work_raises_is_handed_over() -> None:
    door = ThreadDoor("test", at_once)
    seen: list[object] = []
    door.ask(lambda: 1 // 0, seen.append)
    door.close()
    assert isinstance(seen[0], Err)
    assert isinstance(seen[0].error, ZeroDivisionError)


def test_late_work_is_answered_once_and_its_late_word_is_dropped() -> None:
    door, answered, go_on = ThreadDoor("test", at_once), threading.Event(), threading.Event()
    seen: list[object] = []

    def then(result: object) -> None:
        seen.append(result)
        answered.set()

    door.ask(lambda: go_on.wait(10), then, deadline_s=0.05)
    assert answered.wait(10)
    go_on.set()
    door.close()
    assert len(seen) == 1
    assert isinstance(seen[0], Err)
    assert isinstance(seen[0].error, Late)


def test_closing_does_what_waits_and_takes_nothing_more() -> None:
    door = ThreadDoor("test", at_once)
    seen: list[object] = []
    for n in range(5):
        door.ask(lambda n=n: n, seen.append)  # type: ignore[misc]
    door.close()
    door.ask(lambda: 9, seen.append)
    assert seen[:5] == [Ok(n) for n in range(5)]
    assert isinstance(seen[5], Err)
    assert isinstance(seen[5].error, DoorShut)


def test_a_manual_door_waits_to_be_turned() -> None:
    door = ManualDoor()
    seen: list[object] = []
    door.ask(lambda: 1, seen.append)
    door.ask(lambda: 2, seen.append)
    assert seen == []
    door.turn()
    door.be_late()
    assert seen[0] == Ok(1)
    assert isinstance(seen[1], Err)
