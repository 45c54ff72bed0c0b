"""What the hub asks of whoever takes the money (缴费渠道), and how such a party's notices are believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.trouble import HubTrouble
from offline.wire.canonical import canonical_json, unb64
from offline.wire.trouble import WireTrouble

SIGNATURE_BYTES = 64
MAX_FEN = 100_000_000  # a million yuan: nothing at a village terminal costs more


class ChannelTrouble(HubTrouble):
    """The channel does not answer, or not in time; nothing is known of the payment, and that is not "unpaid"."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid, as the channel is told of it."""

    number: str
    amount_fen: int
    title: str
    back_to: str  # the address to which the phone comes back


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment the channel has taken."""

    trade: str  # the channel's own number
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a day's statement (对账单)."""

    number: str
    trade: str
    amount_fen: int
    kind: Literal["payment", "refund"]
    at: datetime


class PaymentChannel(Protocol):
    """Takes money and gives it back; every call is the same when it comes twice. Each may raise ChannelTrouble."""

    def place(self, bill: Bill) -> str:
        """Makes the bill known and answers with the address at which a phone pays it."""

    def query(self, number: str) -> Payment | None:
        """The payment of a bill; None when there surely is none."""

    def close(self, number: str) -> Payment | None:
        """Takes no money for the bill from now on; the payment when it was quicker."""

    def refund(self, refund: str, trade: str, amount_fen: int) -> bool:
        """Gives money back under our own number; false when the channel refuses."""

    def statement(self, day: date) -> tuple[Line, ...]:
        """Everything of a day."""


class Notice(BaseModel):
    """The channel's word that a bill was paid."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(min_length=8, max_length=40, pattern=r"^[0-9A-Za-z-]+$")
    number: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z]+$")
    trade: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z]+$")
    amount_fen: int = Field(ge=0, le=MAX_FEN)
    at: AwareDatetime
    sent_at: AwareDatetime

    def spelt(self) -> bytes:
        """What is signed."""
        return canonical_json(self.model_dump(mode="json"))


class SignedNotice(BaseModel):
    """A notice as it travels."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    notice: Notice
    signature: str = Field(max_length=100)  # b64, Ed25519 over the notice's canonical JSON

    def is_of(self, public: bytes) -> bool:
        """Whether the channel with this key said it."""
        try:
            signature = unb64(self.signature, SIGNATURE_BYTES)
            Ed25519PublicKey.from_public_bytes(public).verify(signature, self.notice.spelt())
        except (InvalidSignature, WireTrouble):
            return False
        return True
