"""One step of hearing what the hub has to say."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from offline.agent_store import AgentStore
from offline.wire.changes import Changes

log = logging.getLogger(__name__)


class GivesChanges(Protocol):
    """The part of the hub's client that the feed needs."""

    def changes(self, cursor: int) -> Changes:
        """A page of the feed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How many changes came, and whether to ask again at once."""

    count: int
    more: bool


def fetch_changes(agent: AgentStore, hub: GivesChanges, now: datetime) -> Fetched:
    """Fetches a page and applies it together with its cursor; raises HubSilent or HubRefused."""
    cursor = agent.cursor()
    page = hub.changes(cursor)
    if page.cursor == cursor and not page.changes:
        return Fetched(0, more=False)
    for refused in agent.accept(page.cursor, page.changes, now):
        log.warning("a change of the hub was not understood: %s", refused)
    return Fetched(len(page.changes), more=bool(page.changes) and page.cursor > cursor)
