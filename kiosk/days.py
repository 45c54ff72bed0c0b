"""Days as people read them."""

from __future__ import annotations


def shown_day(day: str) -> str:
    """A date (YYYY-MM-DD) as people here read it; what is none is shown as it came."""
    year, _, rest = day.partition("-")
    month, _, number = rest.partition("-")
    return f"{year}年{int(month)}月{int(number)}日" if month.isdigit() and number.isdigit() else day
