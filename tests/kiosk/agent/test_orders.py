"""What the hub orders is obeyed, and what is told once is not told again."""

from __future__ import annotations

from kiosk.agent.orders import TELL_AGAIN_S, Orders, Told
from kiosk.agent.schedule import Task


def test_an_order_holds_one_task_back_and_no_other() -> None:
    orders = Orders().wait(Task.DRAIN, 100.0)
    assert orders.earliest(Task.DRAIN, 50.0) == 100.0
    assert orders.earliest(Task.DRAIN, 150.0) == 150.0
    assert orders.earliest(Task.CHANGES, 50.0) == 50.0
    assert orders.wait(Task.DRAIN, 60.0).earliest(Task.DRAIN, 50.0) == 60.0


def test_a_sentence_is_news_once_an_hour() -> None:
    told = Told()
    assert told.news("refused", 5.0)
    told = Told("refused", 5.0)
    assert not told.news("refused", 4.0 + TELL_AGAIN_S)
    assert told.news("refused", 5.0 + TELL_AGAIN_S)
    assert told.news("refused otherwise", 6.0)
