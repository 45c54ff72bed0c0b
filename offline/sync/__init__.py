"""How what was kept reaches the hub, and what the hub says comes back: at least once, until it is answered."""

from __future__ import annotations

from offline.sync.client import HubClient
from offline.sync.drain import Drained, drain_once
from offline.sync.feed import Fetched, fetch_changes
from offline.sync.pace import Pace

__all__ = ["Drained", "Fetched", "HubClient", "Pace", "drain_once", "fetch_changes"]
