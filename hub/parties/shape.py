"""Who has to say yes before a case is decided, and what a word does to that: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Answer = Literal["asked", "confirmed", "declined"]
Took = Literal["counted", "again", "stranger", "too_late"]
"""What became of a word: it counts; it was said before; whoever said it has no part in it; it is over already."""
Next = Literal["wait", "decide", "refuse"]


@dataclass(frozen=True, slots=True)
class Party:
    """One who is asked, known by the keyed hash of their number."""

    role: str
    subject: str
    answer: Answer = "asked"


def taken(parties: Sequence[Party], subject: str, *, yes: bool, is_open: bool) -> tuple[tuple[Party, ...], Took]:
    """The parties after somebody's word. The first word of each counts, and only while the case waits for it."""
    own = next((one for one in parties if one.subject == subject), None)
    if own is None:
        return tuple(parties), "stranger"
    if own.answer != "asked":
        return tuple(parties), "again"
    if not is_open:
        return tuple(parties), "too_late"
    said: Answer = "confirmed" if yes else "declined"
    return tuple(replace(one, answer=said) if one is own else one for one in parties), "counted"


def next_of(parties: Sequence[Party]) -> Next:
    """One no is enough; a yes is needed of all; nobody to ask is nobody who agreed."""
    if any(one.answer == "declined" for one in parties):
        return "refuse"
    return "decide" if parties and all(one.answer == "confirmed" for one in parties) else "wait"


def distinct(applicant: str, subjects: Sequence[str]) -> bool:
    """Whether everybody is somebody else: nobody agrees with themselves."""
    return len({applicant, *subjects}) == len(subjects) + 1
