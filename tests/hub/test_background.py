"""A background worker outlives what goes wrong in one of its rounds."""

from __future__ import annotations

from threading import Event

from hub.background import BackgroundWorker
from tests.conftest import LogWatch


class Stumbling(BackgroundWorker):
    """Fails in its first round."""

    def __init__(self) -> None:
        super().__init__("stumbling", "stumbling", 0.0)
        self.rounds, self.second = 0, Event()

    def turn(self) -> bool:
        self.rounds += 1
        if self.rounds == 1:
            raise OverflowError("a date that no calendar has")
        self.second.set()
        return False


def test_a_round_that_fails_is_logged_and_the_next_one_comes(logs: LogWatch) -> None:
    logs.expect("a round failed")
    worker = Stumbling()
    worker.start()
    assert worker.second.wait(60)
    worker.stop()
