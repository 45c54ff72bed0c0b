"""What every outside party has in common: it is asked under our own key, and believed by its own id only.

A party is asked outside of any transaction, under a key of ours by which it takes the same thing once, however often it
is asked: after a restart, by two replicas, or because its answer was lost. What it says later names the id it gave;
word of any other id is a doubt and changes nothing. A silent one is asked again, ever more seldom. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Final, Protocol, TypeVar

from offline.wire.claims import check_digit

_DIGITS: Final = 9
_DOUBLINGS: Final = 16


class Named(Protocol):
    """Something a party says of one of its own ids."""

    @property
    def about(self) -> str:
        """The id it is said of."""


_Said = TypeVar("_Said", bound=Named)


def believed(told: Iterable[_Said], own: str) -> tuple[tuple[_Said, ...], bool]:
    """What is said of our own id, and whether anything was said of another's."""
    said = tuple(told)
    mine = tuple(one for one in said if one.about == own)
    return mine, len(mine) < len(said)


def wait(tries: int, first_s: float, most_s: float) -> timedelta:
    """How long until it is asked again: doubled each time in vain, up to a bound."""
    return timedelta(seconds=min(most_s, first_s * 2.0 ** min(tries, _DOUBLINGS)))


def numbered(prefix: str, number: int) -> str:
    """An id as our sandboxes give them: prefix, nine digits, check digit."""
    body = f"{number:0{_DIGITS}d}"
    return f"{prefix}{body}{check_digit(body)}"


def is_numbered(prefix: str, untrusted: str) -> bool:
    """Whether an id is one by its form and check digit."""
    found = _form(prefix).fullmatch(untrusted) is not None
    return found and check_digit(untrusted[len(prefix) : -1]) == untrusted[-1]


@cache
def _form(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(prefix)}[0-9]{{{_DIGITS + 1}}}", re.ASCII)
