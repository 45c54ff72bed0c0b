"""How names and numbers are shown where others can see the screen."""

from __future__ import annotations

from typing import Final

STAR: Final = "*"


def mask_name(name: str) -> str:
    """林月兰 → 林*兰, 李四 → 李*; a name in Latin letters keeps the first letter of each word."""
    name = name.strip()
    if name.isascii():
        return " ".join(word[0] + STAR * (len(word) - 1) for word in name.split())
    if len(name) <= 1:
        return STAR * len(name)
    if len(name) == 2:
        return name[0] + STAR
    return name[0] + STAR * (len(name) - 2) + name[-1]


def mask_number(number: str) -> str:
    """The first and last four characters, stars between; a short number keeps less, never more than half."""
    shown = min(4, len(number) // 4)
    return number[:shown] + STAR * (len(number) - 2 * shown) + number[len(number) - shown :]
