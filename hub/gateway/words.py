"""The words of the gateway that several parts share. Pure."""

from __future__ import annotations

from typing import Final, Literal

SOURCE: Final = "source"
"""What a case waits for while a source does not answer; the office's clock goes on meanwhile."""
Word = Literal["read", "unknown", "cached", "shown", "silent", "late", "wrong", "unmounted", "unapproved", "withheld"]
"""What came of a read. unknown: the source has nobody of this number; shown: to a person, from what was read before."""
UNANSWERED: Final[frozenset[Word]] = frozenset(("silent", "late"))
DENIED: Final[frozenset[Word]] = frozenset(("wrong", "unmounted", "unapproved", "withheld"))
"""Nothing will come of asking again by itself: a person has to look."""
Reader = Literal["rule", "clerk", "terminal", "party", "resident", "office", "node"]
