"""Money as people read it."""

from __future__ import annotations

from typing import Final

_FEN_PER_YUAN: Final = 100


def yuan_text(fen: int) -> str:
    """An amount of fen in yuan: `400.00`."""
    return f"{fen // _FEN_PER_YUAN}.{fen % _FEN_PER_YUAN:02d}"
