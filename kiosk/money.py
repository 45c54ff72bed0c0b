"""Money as people read it, in figures and said aloud."""

from __future__ import annotations

from typing import Final

_FEN_PER_YUAN: Final = 100
_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = ("", "十", "百", "千")
_GROUPS: Final = ("", "万", "亿")


def yuan_text(fen: int) -> str:
    """An amount of fen in yuan: `400.00`."""
    return f"{fen // _FEN_PER_YUAN}.{fen % _FEN_PER_YUAN:02d}"


def yuan_words(fen: int) -> str:
    """An amount of fen (below 10¹⁴) in Chinese words, as it is said: `四百元整`, `一千零五元三角`."""
    whole, rest = divmod(fen, _FEN_PER_YUAN)
    jiao, cents = divmod(rest, 10)
    yuan = f"{_number(whole)}元" if whole or not rest else ""
    if not rest:
        return f"{yuan}整"
    tenths = f"{_DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return f"{yuan}{tenths}" + (f"{_DIGITS[cents]}分" if cents else "")


def _number(number: int) -> str:
    if not number:
        return _DIGITS[0]
    said, gap = "", False
    for power in reversed(range(len(_GROUPS))):
        group = number // 10 ** (4 * power) % 10_000
        if group:
            # a nought is said where a place was left out between two figures
            said += ("零" if said and (gap or group < 1_000) else "") + _group(group) + _GROUPS[power]
        gap = not group
    return said[1:] if said.startswith("一十") else said


def _group(group: int) -> str:
    said, gap = "", False
    for place in reversed(range(len(_PLACES))):
        digit = group // 10**place % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return said
