"""The feed of what the hub tells a terminal: answers, dues, the helpers' list."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_CHANGES: Final = 500
CASE_STATES: Final = ("received", "in_review", "waiting", "approved", "refused", "withdrawn")
SETTLED_STATES: Final = ("approved", "refused", "withdrawn")
CaseState = Literal["received", "in_review", "waiting", "approved", "refused", "withdrawn"]


class Change(BaseModel):
    """One entry of the feed; `n` grows, `body` is read by its kind. An unknown kind is skipped, not an error."""

    model_config = ConfigDict(frozen=True)
    n: int = Field(ge=1)
    kind: str = Field(max_length=40)
    body: dict[str, object]


class Changes(BaseModel):
    """A page of the feed and the cursor to ask from next."""

    model_config = ConfigDict(frozen=True)
    cursor: int = Field(ge=0)
    changes: tuple[Change, ...] = Field(max_length=MAX_CHANGES)


class AnswerBody(BaseModel):
    """Kind `answer`: how the case of an event stands; `sealed` (b64) opens with the claim's code."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    event_id: str = Field(max_length=36)
    state: CaseState
    case_no: str | None = Field(default=None, max_length=60)
    subject: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    sealed: str | None = Field(default=None, max_length=16 * 1024)


class EventBody(BaseModel):
    """Kind `event`: an event that was laid aside is stored now."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    event_id: str = Field(max_length=36)
    status: Literal["stored"]


class DueBody(BaseModel):
    """Kind `due`: what a person ought to do by a month; `month` null takes it back."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    subject: str = Field(pattern=r"^[0-9a-f]{64}$")
    item: str = Field(min_length=1, max_length=80)
    month: str | None = Field(default=None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")


class Reason(BaseModel):
    """Why a decision fell as it did, for people and for programs."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    code: str = Field(default="", max_length=80)
    text: str = Field(max_length=300)


class FoundRow(BaseModel):
    """One line of what a query found."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    label: str = Field(max_length=80)
    value: str = Field(max_length=80)


class Found(BaseModel):
    """What a query found: rows, and what else is to be known (also that there is nothing)."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    rows: tuple[FoundRow, ...] = Field(default=(), max_length=40)
    note: str = Field(default="", max_length=300)


class Paper(BaseModel):
    """A certificate of a case: what it is, how far it is, and how its sealed PDF is fetched and opened."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    kind: str = Field(max_length=60)
    title: str = Field(max_length=80)
    state: Literal["making", "ready", "void"]  # void: suspended, revoked or replaced since
    id: str = Field(default="", max_length=140)
    valid_until: str | None = Field(default=None, max_length=10)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")  # of the ciphertext at /v1/papers/
    key: str | None = Field(default=None, max_length=44)  # opens it (b64); so a view is never kept readable
    document_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")  # of the PDF inside
    qr: str | None = Field(default=None, max_length=1200)  # of a voucher: the line that its QR holds


class NeedView(BaseModel):
    """A paper that a case waits for, and until which day; `document` names it when it is brought."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    document: str = Field(max_length=60)
    title: str = Field(max_length=80)
    due: str = Field(max_length=10)


class PartView(BaseModel):
    """How one part of a theme (一件事) stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    item: str = Field(max_length=80)
    name: str = Field(max_length=80)
    state: CaseState
    state_text: str = Field(default="", max_length=40)
    due: str | None = Field(default=None, max_length=10)


class PartySeen(BaseModel):
    """One who has a part in a case of several, and whether they have confirmed; never by name."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    role: str = Field(max_length=40)
    masked: str = Field(default="", max_length=40)
    state: Literal["asked", "confirmed", "declined"]
    text: str = Field(default="", max_length=40)


PayState = Literal["unpaid", "checking", "paid", "refunding", "refunded", "over"]


class OrderView(BaseModel):
    """What a case costs and how the payment stands; the address (for a QR) only while it can be paid."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    amount_fen: int = Field(ge=0, le=100_000_000)
    state: PayState
    text: str = Field(default="", max_length=200)
    pay_url: str | None = Field(default=None, max_length=200)
    until: str | None = Field(default=None, max_length=40)  # as people here read it
    receipt: str = Field(default="", max_length=60)


class DeliveryView(BaseModel):
    """How the result reaches its owner by post or at a hall, and how far it is."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    way: Literal["post", "collect"]
    state: str = Field(max_length=10)
    text: str = Field(max_length=200)
    waybill: str | None = Field(default=None, max_length=20)


class Withdrawable(BaseModel):
    """That who applied may still take it back: a place that was booked (until a day), or the whole case."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    what: Literal["place", "case"]
    until: str | None = Field(default=None, max_length=10)


class DueView(BaseModel):
    """By when a case is promised to be settled, and how it stands to that; no day while its clock stands still."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    on: str | None = Field(default=None, max_length=10)
    light: Literal["green", "yellow", "red", "stopped"]


class Saved(BaseModel):
    """What a case spared who applied (四免), counted by the hub, and the line that says it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    documents: int = Field(ge=0)
    fields: int = Field(ge=0)
    seal: bool
    signature: bool
    text: str = Field(max_length=200)


class CaseView(BaseModel):
    """A case as residents may see it: the sealed content of an answer, and what `/v1/claims` and lookups give."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    item: str = Field(max_length=80)
    state: CaseState
    case_no: str | None = Field(default=None, max_length=60)
    outcome_text: str = Field(default="", max_length=500)
    reasons: tuple[Reason, ...] = Field(default=(), max_length=20)
    next_due: str | None = Field(default=None, max_length=10)
    masked_name: str = Field(default="", max_length=40)
    decided_at: str | None = Field(default=None, max_length=40)
    result: Found | None = None
    papers: tuple[Paper, ...] = Field(default=(), max_length=8)
    saved: Saved | None = None
    review: Literal["open", "asked"] | None = None  # whether a person may be asked to look again, or was
    due: DueView | None = None
    order: OrderView | None = None
    parts: tuple[PartView, ...] = Field(default=(), max_length=12)
    delivery: DeliveryView | None = None
    needs: tuple[NeedView, ...] = Field(default=(), max_length=12)
    parties: tuple[PartySeen, ...] = Field(default=(), max_length=5)
    withdraw: Withdrawable | None = None
    given_back: bool = False  # the place that it booked
