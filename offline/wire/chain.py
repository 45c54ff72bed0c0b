"""A terminal's past cannot be rewritten unnoticed: each event names the hash of the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from offline.wire.event import GENESIS, Envelope


@dataclass(frozen=True, slots=True)
class Head:
    """The last place of a chain: its sequence number and the hash of the event there."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first event that does not follow: its sequence number as found, and why."""

    seq: int
    reason: str
    id: str = ""  # of the event found there; empty where there is none


def shown_head(head: Head) -> str:
    """A head as slips, consoles and telephones pass it on: its number and sixteen digits of its hash."""
    return f"{head.seq} · {' '.join(head.hash[at : at + 4] for at in range(0, 16, 4))}"


START: Final = Head(0, GENESIS)
"""The head of a chain without events."""


def check(envelopes: Iterable[Envelope], head: Head = START) -> Head | Break:
    """Follows the chain from `head` over the envelopes; the new head, or the first break."""
    source: str | None = None
    for envelope in envelopes:
        if source is not None and envelope.source != source:
            return Break(envelope.seq, f"来源变成了 {envelope.source}", envelope.id)
        if envelope.seq != head.seq + 1:
            return Break(envelope.seq, f"应为第 {head.seq + 1} 条", envelope.id)
        if envelope.prev != head.hash:
            return Break(envelope.seq, "与前一条的散列对不上", envelope.id)
        source, head = envelope.source, Head(envelope.seq, envelope.hash())
    return head
