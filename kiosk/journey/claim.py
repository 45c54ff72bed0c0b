"""A case as a resident may see it again: masked, with its stage told truthfully."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """The three stages of a slip: kept on this terminal, sent to the hub, settled with an outcome."""

    KEPT = "kept"
    SENT = "sent"
    SETTLED = "settled"


class Answered(StrEnum):
    """Who answered a look-up."""

    HERE = "here"
    HUB = "hub"


@dataclass(frozen=True)
class FoundRow:
    """One line of what a query found."""

    label_text: str = field(repr=False)
    value_text: str = field(repr=False)


@dataclass(frozen=True)
class Payable:
    """What a case costs and how its payment stands; the address (for a QR) only while it can be paid."""

    amount_fen: int
    state: str  # unpaid | checking | paid | refunding | refunded | over
    text: str = ""
    pay_url: str = field(default="", repr=False)
    until: str = ""
    receipt: str = field(default="", repr=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate or voucher of a case; what opens and shows it is here only where the claim code was given."""

    title: str
    state: str  # making | ready | void
    name: str = ""  # of the ciphertext (SHA-256); empty where there is nothing to print
    key: str = field(default="", repr=False)  # opens it (b64)
    document_sha256: str = ""  # of the PDF inside
    qr: str = field(default="", repr=False)  # a voucher's line, for the screen of whoever is to read by it

    @property
    def printable(self) -> bool:
        """Whether it can be fetched, opened and printed with what is here."""
        return self.state == "ready" and bool(self.name and self.key)


@dataclass(frozen=True)
class PartSeen:
    """How one part of a theme stands; without a `state_text` as the whole does, of which the hub has said nothing."""

    name: str
    state_text: str = ""
    state: str = ""  # a case word of the hub
    due: str = ""  # YYYY-MM-DD


@dataclass(frozen=True)
class NeedSeen:
    """A paper that a case waits for, and until which day; `document` names it when it is brought."""

    document: str
    title: str
    due: str  # YYYY-MM-DD


@dataclass(frozen=True)
class Further:
    """What else the hub says of a case, beside how it stands."""

    certificates: tuple[Certificate, ...] = field(default=(), repr=False)
    parts: tuple[PartSeen, ...] = ()
    needs: tuple[NeedSeen, ...] = ()
    brought: tuple[str, ...] = ()  # papers that lie in this terminal's outbox: of them the hub does not know yet
    saved_text: str = ""  # what the resident was spared
    delivery_text: str = ""  # how far the parcel is, or where it is to be collected
    waybill: str = field(default="", repr=False)
    wish: str = ""  # how it is to come by what was chosen here, until the hub says more: post | picked | collect
    wish_place: str = field(default="", repr=False)
    review: str = ""  # of a refusal: open (a person may be asked) | sending | asked
    withdraw: str = ""  # what may be taken back: place | case
    withdraw_until: str = ""  # YYYY-MM-DD, the last day for it
    taken_back: str = ""  # that it was: kept here, sent, or done (a place that is free again)

    @property
    def printable(self) -> Certificate | None:
        """The newest certificate that can be printed."""
        return next((each for each in self.certificates if each.printable), None)

    @property
    def making(self) -> bool:
        """Whether a certificate is being sealed."""
        return any(each.state == "making" for each in self.certificates)

    @property
    def voucher(self) -> str:
        """The line of a voucher that holds; empty where there is none."""
        return next((each.qr for each in self.certificates if each.state == "ready" and each.qr), "")


@dataclass(frozen=True)
class ClaimView:
    """One case; `state` is a case word of the hub, empty while it has said nothing."""

    item_name: str
    stage: Stage
    item: str = ""  # the item's id
    masked_name: str = field(default="", repr=False)
    state: str = ""  # received | in_review | waiting | approved | refused | withdrawn
    outcome_text: str = ""
    reasons: tuple[str, ...] = ()
    next_due: str = ""  # YYYY-MM
    case_no: str = field(default="", repr=False)
    kept_at: str = ""  # RFC 3339 UTC
    clock_sure: bool = True  # whether the terminal's clock was believed then
    decided_at: str = ""
    claim_code: str = field(default="", repr=False)  # only where the resident typed or was just given it
    event_id: str = ""
    slip_unsettled: bool = False  # kept here, its slip never came out
    sandbox: bool = False
    result: tuple[FoundRow, ...] = field(default=(), repr=False)
    result_note: str = field(default="", repr=False)
    order: Payable | None = None
    further: Further = field(default_factory=Further)

    @property
    def next_due_to_tell(self) -> str:
        """The next due month, empty where the outcome has named it already."""
        year, _, month = self.next_due.partition("-")
        named = month.isdigit() and f"{year}年{int(month)}月" in self.outcome_text
        return "" if named else self.next_due
