"""What can go wrong in this room, said so that a person knows what happened and what to do."""

from __future__ import annotations


class HubTrouble(Exception):
    """A failure of the hub: what happened, whose fault it is, what to do about it."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice


class DatabaseTrouble(HubTrouble):
    """The database cannot be used: unreachable, locked, or of another version."""


class KeyTrouble(HubTrouble):
    """The hub's keys are missing, unreadable or damaged."""


class StaffTrouble(HubTrouble):
    """An account cannot be made as asked."""
