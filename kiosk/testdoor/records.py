"""What the terminal has kept, as the door may tell it: ids and types, nothing sealed is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kiosk.testdoor.question import Question
from offline.agent_store import AgentView
from offline.terminal_store import TerminalView

MOST_EVENTS: Final = 10_000


class DoorRecords:
    """Reads the files of the state directory anew for each question."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir

    def answer(self, question: Question) -> dict[str, object]:
        """The part of the answer that stands in files."""
        if question.do == "events":
            kept = TerminalView.open(self._state_dir)
            try:
                events = kept.events_after(0, MOST_EVENTS)
            finally:
                kept.close()
            return {"events": [{"id": each.id, "type": each.type} for each in events]}
        if question.do == "screen":
            agent = AgentView.open(self._state_dir)
            try:
                return {"enrolled": agent.enrolment() is not None}
            finally:
                agent.close()
        return {}
