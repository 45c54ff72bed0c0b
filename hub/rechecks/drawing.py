"""Which cases of a day are looked at again. Pure: the same secret and the same cases give the same draw, anywhere."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_MARK_BYTES: Final = 8
_WHOLE: Final = 1 << (8 * _MARK_BYTES)


@dataclass(frozen=True, slots=True)
class Decided:
    """A case that a rule alone has settled."""

    number: str
    item: str


def drawn(secret: bytes, decided: Iterable[Decided], per_mille: int, least: int) -> frozenset[str]:
    """The numbers drawn: `per_mille` of each item's cases, and at least `least` of them where there are so many.

    A case is drawn for its mark, which nobody knows without the hub's secret: neither who applies nor who writes the
    rule can tell beforehand, or steer, what will be looked at.
    """
    marks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in decided:
        marks[one.item].append((mark(secret, one.number), one.number))
    found: set[str] = set()
    for of_item in marks.values():
        share = sum(1000 * place < per_mille * _WHOLE for place, _ in of_item)
        found.update(number for _, number in sorted(of_item)[: max(share, least)])
    return frozenset(found)


def mark(secret: bytes, number: str) -> int:
    """Where a case stands among all that could be drawn, below 2**64: HMAC-SHA-256 of its number."""
    return int.from_bytes(hmac.digest(secret, number.encode("utf-8"), "sha256")[:_MARK_BYTES])
