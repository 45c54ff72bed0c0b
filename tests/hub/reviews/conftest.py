"""A hub with its offices."""

from __future__ import annotations

from tests.hub.offices import browse, hub

__all__ = ["browse", "hub"]
