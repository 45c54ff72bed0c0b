"""How what was kept reaches the hub, and what the hub says comes back: at least once, until it is answered."""

from __future__ import annotations

from offline.sync.client import HubClient
from offline.sync.drain import Drained, drain_once
from offline.sync.earlier_state import agree_with_hub, agree_with_outbox
from offline.sync.feed import Fetched, fetch_changes
from offline.sync.pace import Pace
from offline.sync.parcel import Ahead, Parcel
from offline.sync.pictures import Brought, bring_pictures, tidy_pictures

__all__ = [
    "Ahead",
    "Brought",
    "Drained",
    "Fetched",
    "HubClient",
    "Pace",
    "Parcel",
    "agree_with_hub",
    "agree_with_outbox",
    "bring_pictures",
    "drain_once",
    "fetch_changes",
    "tidy_pictures",
]
