"""What can go wrong in this room, said so that a person knows what happened and what to do."""

from __future__ import annotations


class OfflineTrouble(Exception):
    """A failure of this room: what happened, whose fault it is, what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice
