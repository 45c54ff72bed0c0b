"""The agent's judgement of the clock, as the terminal asks for it at every act."""

from __future__ import annotations

from datetime import datetime

from offline.agent_store import AgentView
from offline.clock_doubt import Basis
from offline.wire.event import Clock


class JudgedClock:
    """Reads the judgement anew only when the agent has written something, as asking who we are has just found out."""

    def __init__(self, agent: AgentView) -> None:
        self._agent = agent
        self._version = -1
        self._basis = Basis()

    def at(self, now: datetime) -> Clock:
        """What `AgentView.clock` says of this moment; to be asked after `AgentView.enrolled`."""
        version = self._agent.version_seen  # older than what is read now: what comes between is read the next time
        if version != self._version:
            self._basis = self._agent.clock_basis()
            self._version = version
        return self._basis.at(now, self._agent.uptime())
