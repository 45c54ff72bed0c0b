"""What becomes of each event of a batch: pure, from what is known and where the chains stand to answers and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hub.arrivals import Arrival, Key, Unreadable
from offline.wire.batch import EventResult, EventStatus
from offline.wire.chain import Head

Position = Literal["joined", "ahead", "broken"]
"""How an event stands to its chain: in it, kept until the ones before it come, or beside it."""


@dataclass(frozen=True, slots=True)
class Known:
    """An event that is stored already."""

    hash: str
    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored event that is ahead of its chain."""

    id: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chain stands: its head, and by sequence number the events that wait ahead of it."""

    head: Head
    ahead: Mapping[int, Waiting]


@dataclass(frozen=True, slots=True)
class Keep:
    """A row to be stored; a `reason` means that a person must look at it."""

    arrival: Arrival | Unreadable
    reason: str | None
    position: Position


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The answers in the order of the batch, what to store, and how the chains stand afterwards."""

    results: tuple[EventResult, ...]
    keeps: tuple[Keep, ...]
    heads: Mapping[str, Head]
    moved: Mapping[Key, Position]  # rows stored earlier, which waited ahead


def judge(
    batch: Sequence[Arrival | Unreadable],
    known: Mapping[Key, Known],
    doubts: Mapping[str, str],
    places: Mapping[str, Place],
) -> Verdicts:
    """Judges a batch in its order; `doubts` go by an event's hash, `places` has every source that the batch names."""
    seen, keeps, results = dict(known), dict[Key, Keep](), list[EventResult]()
    chains = {source: _Chain(place) for source, place in places.items()}
    for one in batch:
        found = seen.get(one.key)
        if isinstance(one, Unreadable):
            results.append(EventResult(id=one.shown, status=EventStatus.PARKED, reason=one.reason))
            if found is None:
                keeps[one.key] = Keep(one, one.reason, "broken")
        elif found is not None:
            results.append(_again(one, found))
        else:
            position, fault = chains[one.envelope.source].take(one)
            reason = fault or doubts.get(one.hash)
            keeps[one.key] = Keep(one, reason, position)
            status = EventStatus.STORED if reason is None else EventStatus.PARKED
            results.append(EventResult(id=one.envelope.id, status=status, reason=reason))
        if found is None:
            reason = keeps[one.key].reason
            seen[one.key] = Known(one.hash, "stored" if reason is None else "parked", reason)
    moved = {(source, name): to for source, chain in chains.items() for name, to in chain.moved.items()}
    return Verdicts(
        results=tuple(results),
        keeps=tuple(Keep(keep.arrival, keep.reason, moved.get(key, keep.position)) for key, keep in keeps.items()),
        heads={source: chain.head for source, chain in chains.items()},
        moved={key: to for key, to in moved.items() if key not in keeps},
    )


def join(place: Place) -> tuple[Head, dict[str, Position]]:
    """Follows the chain over the events that wait right behind its head: the new head, and what became of each id."""
    head, moved = place.head, dict[str, Position]()
    while (waiting := place.ahead.get(head.seq + 1)) is not None:
        moved[waiting.id] = "joined" if waiting.prev == head.hash else "broken"
        head = Head(head.seq + 1, waiting.hash)
    return head, moved


class _Chain:
    """A chain as the batch makes it grow."""

    def __init__(self, place: Place) -> None:
        self.head = place.head
        self.moved: dict[str, Position] = {}
        self._ahead = dict(place.ahead)

    def take(self, one: Arrival) -> tuple[Position, str | None]:
        event = one.envelope
        if event.seq <= self.head.seq or event.seq in self._ahead:
            return "broken", "chain_fork"
        if event.seq > self.head.seq + 1:
            # Nothing is lost for the sake of order: it is kept, and joined when the missing one comes.
            self._ahead[event.seq] = Waiting(event.id, event.prev, one.hash)
            return "ahead", None
        follows = event.prev == self.head.hash
        self.head, moved = join(Place(Head(event.seq, one.hash), self._ahead))
        self.moved |= moved
        return ("joined", None) if follows else ("broken", "chain_broken")


def _again(one: Arrival, found: Known) -> EventResult:
    if found.hash != one.hash:
        return EventResult(id=one.envelope.id, status=EventStatus.PARKED, reason="id_conflict")
    if found.status == "parked":
        return EventResult(id=one.envelope.id, status=EventStatus.PARKED, reason=found.reason)
    return EventResult(id=one.envelope.id, status=EventStatus.DUPLICATE)
