"""What can go wrong in this room before a resident ever sees it: one sentence, and what to do."""

from __future__ import annotations


class KioskTrouble(Exception):
    """A failure of the terminal: what happened and whose fault it is, and what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice


class SettingsTrouble(KioskTrouble):
    """The settings cannot be used as they are."""
