"""Divisions as pages show them; one that the data no longer has is said to be gone, and everything else goes on."""

from __future__ import annotations

from hub.hub import Hub


def division_name(hub: Hub, code: str) -> str:
    """The division's own name, e.g. 云潭镇."""
    return hub.regions.name_of(code) if code in hub.regions else _gone(hub, code)


def division_full_name(hub: Hub, code: str) -> str:
    """The names from the province down."""
    return hub.regions.full_name(code) if code in hub.regions else _gone(hub, code)


def _gone(hub: Hub, code: str) -> str:
    return hub.texts("hub.division.gone", code=code)
