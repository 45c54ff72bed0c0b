"""What can go wrong on the roof, as one sentence and what to do."""

from __future__ import annotations


class RoofTrouble(Exception):
    """A demo, a script or a child process that cannot go on."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice
