"""Answers the questions of the door by looking at the screen and touching it, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from kiosk.testdoor.question import Question

Answer = dict[str, object]
KEYS = frozenset("0123456789.ABCDEFGHJKLMNPQRTUWXY")


class Eyes(Protocol):
    """What the door needs of a window (kiosk.viewmodels.window_eyes)."""

    def seen(self) -> Sequence[object]:
        """Everything readable."""
        ...

    def tap(self, what: str) -> object:
        """One touch."""
        ...

    def grab(self, path: Path) -> None:
        """A picture."""
        ...


class Hands:
    """`state` tells screen, touches and session number."""

    def __init__(self, eyes: Eyes, state: Callable[[], Answer]) -> None:
        self._eyes, self._state = eyes, state

    def answer(self, question: Question) -> Answer:
        """Runs on the GUI thread."""
        match question.do:
            case "tap":
                return {"tapped": _told(self._eyes.tap(question.words["what"]))}
            case "type":
                for character in question.words["text"].upper():
                    if character in KEYS:
                        self._eyes.tap(f"digit:{character}")
                return {}
            case "grab":
                self._eyes.grab(Path(question.words["path"]))
                return {"path": question.words["path"]}
            case "events":
                return {}
            case _:
                return {**self._state(), "items": [_told(each) for each in self._eyes.seen()]}


def _told(seen: object) -> Answer:
    return asdict(seen)  # type: ignore[call-overload, no-any-return]
