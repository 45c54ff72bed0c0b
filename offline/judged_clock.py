"""The agent's judgement of the clock, as the terminal asks for it at every act."""

from __future__ import annotations

from datetime import datetime

from offline.agent_store import AgentView
from offline.wire.event import Clock


class JudgedClock:
    """Reads the judgement anew only when the agent has written something, as asking who we are has just found out."""

    def __init__(self, agent: AgentView) -> None:
        self._agent = agent
        self._version = -1
        self._trusted_since: datetime | None = None

    def at(self, now: datetime) -> Clock:
        """What `AgentView.clock` says of this moment; to be asked after `AgentView.enrolled`."""
        version = self._agent.version_seen  # older than what is read now: what comes between is read the next time
        if version != self._version:
            self._trusted_since = self._agent.trusted_since()
            self._version = version
        return "unsure" if self._trusted_since is None or now < self._trusted_since else "trusted"
