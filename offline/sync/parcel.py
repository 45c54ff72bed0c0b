"""A batch as it travels, spelt and packed once, and the one that is made ready while the hub answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from offline.wire.compression import squeezed
from offline.wire.event import Envelope


@dataclass(frozen=True)
class Parcel:
    """The events of one request with its body, made when it is first asked for."""

    events: tuple[Envelope, ...]

    @cached_property
    def plain(self) -> bytes:
        """The body: canonical JSON."""
        return f'{{"events":[{",".join(event.spelt() for event in self.events)}]}}'.encode()

    @cached_property
    def packed(self) -> bytes:
        """The body as gzip."""
        return squeezed(self.plain)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What follows if the hub takes all that is under way: read and packed while it answers, sent only after that."""

    after: int  # the events up to this number are presumed done
    limit: int
    parcel: Parcel

    def fits(self, drained_to: int, limit: int, held: frozenset[int]) -> bool:
        """Whether what was presumed has come true."""
        return drained_to == self.after and limit == self.limit and not held
