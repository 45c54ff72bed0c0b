"""The port of an outside party: it takes a request, and answers it later, or not at all. It is not believed unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from hub.trouble import HubTrouble

Word = Literal["pending", "done", "refused"]
PREFIX: Final = "YS"
"""Of the numbers that parties give."""
MOST_ROWS: Final = 8


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is handed over: our own key, under which the same request is taken once, and the named answers only."""

    key: str
    item: str
    form: Mapping[str, Any] = field(default_factory=dict)
    voucher: str = ""  # by which the party may read what the resident authorised


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What the party says of one request, by its own number."""

    about: str  # the party's own number
    word: Word
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    amount_fen: int = 0


class PartySilent(HubTrouble):
    """The party did not answer in time. The environment's fault: it is asked again later."""

    def __init__(self) -> None:
        super().__init__("对方单位没有回音。The outside party does not answer.", "稍后会自动再问。It is asked again.")


class OutsideParty(Protocol):
    """One outside party."""

    name: str
    sandbox: bool  # whether people have to be told that it is 演示

    def take(self, request: Request) -> str:
        """Takes a request and names its number; the same key again names the same. Raises PartySilent."""

    def reply(self, reference: str) -> Reply:
        """How far the request is. Raises PartySilent."""
