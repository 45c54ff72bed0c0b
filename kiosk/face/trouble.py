"""The one family of errors the face check raises."""

from __future__ import annotations


class FaceTrouble(Exception):
    """What happened, and what to do; for technicians."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice
