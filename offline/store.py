"""The two files of a terminal: each has one writer, both can be read by anyone on the machine who has the key."""

from __future__ import annotations

from offline.agent_store import AgentStore, AgentView, Enrolment, Parked
from offline.terminal_store import Act, Brings, Kept, Pictured, SlipOutcome, TerminalStore, TerminalView

__all__ = [
    "Act",
    "AgentStore",
    "AgentView",
    "Brings",
    "Enrolment",
    "Kept",
    "Parked",
    "Pictured",
    "SlipOutcome",
    "TerminalStore",
    "TerminalView",
]
