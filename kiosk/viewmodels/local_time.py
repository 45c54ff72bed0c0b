"""Moments as people at the place read them."""

from __future__ import annotations

from datetime import datetime

from kiosk.viewmodels.bar_props import HERE


def shown_moment(moment: str) -> str:
    """An RFC 3339 moment at the place; what cannot be read is shown as it stands."""
    try:
        local = datetime.fromisoformat(moment).astimezone(HERE)
    except ValueError:
        return moment
    return f"{local:%Y-%m-%d %H:%M}"
