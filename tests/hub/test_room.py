"""The operator sees a terminal fill before residents are turned away, and whom it turns away when they are."""

from __future__ import annotations

import pytest

from hub.fleet import TerminalState, terminals
from hub.hub import Hub
from hub.overview import Hardship, overview
from offline.wire.heartbeat import RoomReport
from tests.hub.running import FakeTerminal


def told(hub: Hub) -> tuple[TerminalState, str, tuple[Hardship, ...]]:
    """The state of the one terminal, its room in words, and what residents cannot do there."""
    with hub.database.reading() as session:
        views = terminals(session, hub)
        (view,) = views
        return view.state, view.room.text, overview(session, hub, views).hardships


@pytest.mark.parametrize(
    ("room", "state", "severity", "said"),
    [
        (RoomReport(takes="deferrable", full=0.2), TerminalState.ONLINE, None, "都能收"),
        (RoomReport(takes="deferrable", full=0.7), TerminalState.ONLINE, "watch", "都能收，已用 70%"),
        (RoomReport(takes="ordinary", cause="age"), TerminalState.DEGRADED, "limit", "可缓办的不收了"),
        (RoomReport(takes="essential", cause="events", full=0.93), TerminalState.DEGRADED, "limit", "只收关系生计的"),
        (RoomReport(takes="nothing", cause="disk", free_mb=3), TerminalState.DEGRADED, "stop", "存满了"),
        (None, TerminalState.ONLINE, None, "不清楚"),
    ],
)
def test_a_terminal_tells_how_full_it_is(
    hub: Hub, terminal: FakeTerminal, room: RoomReport | None, state: TerminalState, severity: str | None, said: str
) -> None:
    assert terminal.beat(room=room).status_code < 300
    seen, text, hardships = told(hub)
    assert seen is state
    assert said in text
    assert [one.severity for one in hardships] == ([] if severity is None else [severity])
    assert all("满" in one.text and "不会丢" in one.advice for one in hardships)


def test_a_silent_terminals_room_is_unknown(hub: Hub, terminal: FakeTerminal) -> None:
    terminal.beat(room=RoomReport(takes="nothing", cause="disk"))
    terminal.clock.turn(hub.settings.silence_s + 1)
    seen, text, _ = told(hub)
    assert (seen, text) == (TerminalState.UNKNOWN, "不清楚")
