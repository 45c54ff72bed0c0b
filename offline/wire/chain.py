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


START: Final = Head(0, GENESIS)
"""The head of a chain without events."""


def check(envelopes: Iterable[Envelope], head: Head = START) -> Head | Break:
    """Follows the chain from `head` over the envelopes; the new head, or the first break."""
    source: str | None = None
    for envelope in envelopes:
        if source is not None and envelope.source != source:
            return Break(envelope.seq, f"来源变成了 {envelope.source}")
        if envelope.seq != head.seq + 1:
            return Break(envelope.seq, f"应为第 {head.seq + 1} 条")
        if envelope.prev != head.hash:
            return Break(envelope.seq, "与前一条的散列对不上")
        source, head = envelope.source, Head(envelope.seq, envelope.hash())
    return head
