"""One button of the dock, and how the buttons stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """A label a person reads, the group it stands in, and the move it makes on the world.

    `make` returns None for what is done, else a sentence that says when it will be.
    """

    group: str
    label: str
    make: Callable[[], str | None]


def rows(moves: Sequence[Move], unfolded: str) -> list[dict[str, object]]:
    """What stands below one another: every group's name (index -1), and the buttons of the one that is unfolded."""
    standing: list[dict[str, object]] = []
    named = ""
    for index, move in enumerate(moves):
        if move.group != named:
            named = move.group
            standing.append({"text": named, "index": -1, "unfolded": named == unfolded})
        if named == unfolded:
            standing.append({"text": move.label, "index": index, "unfolded": False})
    return standing
