"""The agent's judgement of the clock, as the terminal asks for it at every act."""

from __future__ import annotations

from datetime import datetime

from offline.agent_store import AgentView
from offline.wire.event import Clock


class JudgedClock:
    """Reads the judgement anew only when the agent has written something: asking that costs a tenth of reading it."""

    def __init__(self, agent: AgentView) -> None:
        self._agent = agent
        self._version = -1
        self._trusted_since: datetime | None = None

    def at(self, now: datetime) -> Clock:
        """What `AgentView.clock` says of this moment."""
        version = self._agent.data_version()  # before the reading: what comes between the two is read the next time
        if version != self._version:
            self._trusted_since = self._agent.trusted_since()
            self._version = version
        return "unsure" if self._trusted_since is None or now < self._trusted_since else "trusted"
