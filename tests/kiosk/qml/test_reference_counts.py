"""PySide 6.12.0 on Python 3.11 loses a reference to True and None at every emit and aborts; this one must not."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal

EMITS = 1000
SLACK = 200  # other code may take or drop a few references meanwhile


class Bell(QObject):
    """Rings with values that everybody shares."""

    rung = Signal(object)
    told = Signal(bool)


def test_emitting_true_and_none_a_thousand_times_loses_no_reference() -> None:
    bell = Bell()
    heard: list[int] = []
    bell.rung.connect(lambda _: heard.append(1))
    bell.told.connect(lambda _: heard.append(1))
    before = {each: sys.getrefcount(each) for each in (True, None)}
    for _ in range(EMITS):
        bell.rung.emit(None)
        bell.rung.emit(True)
        bell.told.emit(True)
    assert len(heard) == 3 * EMITS
    for each, count in before.items():
        assert abs(sys.getrefcount(each) - count) < SLACK
