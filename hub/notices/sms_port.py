"""The port of an SMS gateway (短信通道): it takes a text, and tells later what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from hub.outside import is_numbered
from hub.trouble import HubTrouble

TICKET: Final = "DX"
Word = Literal["delivered", "undelivered"]


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """What is to be sent: our own key, under which the same text only ever goes out once, to where, and the words."""

    key: str
    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a text, by the gateway's own ticket; it may be told more than once."""

    about: str
    word: Word


class SmsSilent(HubTrouble):
    """The gateway did not answer in time. The environment's fault: it is asked again later."""

    def __init__(self) -> None:
        super().__init__("短信通道没有回音。The SMS gateway does not answer.", "稍后会自动再问。It is asked again.")


class NumberRefused(HubTrouble):
    """The gateway does not send to this number: it is not in use, or its owner wants none."""

    def __init__(self) -> None:
        super().__init__("短信通道不收这个号码。The gateway refuses the number.", "请改打电话。Call instead.")


class SmsGateway(Protocol):
    """A company that sends short messages."""

    sandbox: bool  # whether people have to be told that it is 演示

    def send(self, text: Text) -> str:
        """Takes a text and names its ticket; the same key again names the same. Raises SmsSilent, NumberRefused."""

    def receipts(self, ticket: str) -> tuple[Receipt, ...]:
        """What became of it so far: nothing yet, or a receipt. Raises SmsSilent."""


def is_ticket(untrusted: str) -> bool:
    """Whether a ticket is one by its form and check digit."""
    return is_numbered(TICKET, untrusted)
