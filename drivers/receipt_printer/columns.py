"""Wrapping text by the columns it takes on paper, by Chinese line-breaking habit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕｝’”％…—·,.;:?!)]}%")
"""Marks that do not begin a line (GB/T 15834 §5.1.9)."""
_NOT_LAST = frozenset("（《〈「『【〔｛‘“([{￥¥")
"""Marks that do not end one."""
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def clean(text: str) -> str:
    """Text fit for paper: without control and invisible characters, everything else untouched.

    A name read from a card is not ours: an ESC in it would otherwise be a command to the printer. Characters that
    this Python's Unicode does not know yet stay: they are somebody's name.
    """
    return "".join(char for char in text.replace("\t", " ") if unicodedata.category(char) not in _INVISIBLE)


def columns_of(text: str) -> int:
    """Columns on paper: in Chinese mode whatever is not ASCII comes out of the Hanzi font, two columns wide."""
    return sum(1 if char.isascii() else 2 for char in text)


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Lines of at most `columns`; an empty text is one empty line. Latin words and numbers stay whole if they fit."""
    if columns < 2:
        raise ValueError("a line needs room for one Chinese character")
    return tuple(line for paragraph in text.split("\n") for line in _wrap_paragraph(clean(paragraph), columns))


def _wrap_paragraph(text: str, columns: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(text, columns):
        if columns_of(line) + columns_of(piece) <= columns:
            line += piece
        elif piece == " ":
            yield line
            line = ""
        else:
            kept = line.rstrip(" ")
            if kept:
                yield kept
            line = piece
    yield line


def _pieces(text: str, columns: int) -> Iterator[str]:
    """The smallest parts a line may be broken between, none wider than a line."""
    piece = ""
    for char in text:
        if piece and (not _sticks(piece[-1], char) or columns_of(piece) + columns_of(char) > columns):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _sticks(before: str, after: str) -> bool:
    if " " in (before, after):
        return False
    if after in _NOT_FIRST or before in _NOT_LAST:
        return True
    return before.isascii() and after.isascii()
