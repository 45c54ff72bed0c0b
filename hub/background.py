"""What works beside the decision worker, in a thread of its own, round after round."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError


class BackgroundWorker(ABC):
    """One thread from `start` to `stop`; `what` is what pauses while the database does not answer."""

    def __init__(self, name: str, what: str, pause_s: float) -> None:
        self._what = what
        self._pause_s = pause_s
        self._stop = Event()
        self._thread = Thread(target=self.run, name=name, daemon=True)

    @abstractmethod
    def turn(self) -> bool:
        """One round; whether the next one begins at once."""

    def start(self) -> None:
        """Begins working in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the round in hand and ends."""
        self._stop.set()
        self._thread.join()

    def run(self) -> None:
        """Works until it is stopped; a database that does not answer is waited for."""
        while not self._stop.is_set():
            try:
                busy = self.turn()
            except SQLAlchemyError as error:
                log = logging.getLogger(type(self).__module__)
                log.warning("%s pause, the database does not answer: %s", self._what, type(error).__name__)
                busy = False
            except Exception:  # a thread that ends is missed by nobody: the next round may do better
                logging.getLogger(type(self).__module__).exception("%s: a round failed", self._what)
                busy = False
            if not busy:
                self._stop.wait(self._pause_s)
