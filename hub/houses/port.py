"""The port of a developer: it gives lists of homes handed over, and hears what was not believed of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hub.trouble import HubTrouble

PREFIX: Final = "FY"
"""Of the numbers that developers give their lists."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line (the first is 1) that was not taken, and why: in words for whoever wrote it."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True, repr=False)
class GivenList:
    """A list as a developer gave it; nothing in it is believed yet."""

    about: str  # the developer that it comes from
    number: str
    untrusted_lines: tuple[object, ...]


class DeveloperSilent(HubTrouble):
    """The developer did not answer. The environment's fault: it is asked again later."""

    def __init__(self) -> None:
        super().__init__("开发企业没有回音。The developer does not answer.", "稍后会自动再问。It is asked again.")


class Developer(Protocol):
    """One developer."""

    name: str
    sandbox: bool  # whether people have to be told that it is 演示

    def list_after(self, number: str) -> GivenList | None:
        """The list that follows this one (empty: the first); None: there is no other yet. Raises DeveloperSilent."""

    def hear(self, number: str, faults: Sequence[Fault]) -> None:
        """What became of a list; the same again changes nothing. Raises DeveloperSilent."""
