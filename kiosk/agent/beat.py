"""What a heartbeat says, read from the terminal's status file and both chains."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from offline.bounds import MB, Room
from offline.gauge import Gauge
from offline.status import read_status
from offline.store import AgentStore, TerminalView
from offline.sync.drain import waiting
from offline.wire.batch import HeadReport
from offline.wire.chain import Head
from offline.wire.heartbeat import Heartbeat, OutboxReport, RoomReport


def heartbeat(agent: AgentStore, terminal: TerminalView, gauge: Gauge, state_dir: Path, now: datetime) -> Heartbeat:
    """How the terminal is, at this moment."""
    return Heartbeat(
        terminal=agent.enrolled().terminal_id,
        at=now,
        status=read_status(state_dir, now),
        outbox=outbox_report(agent, terminal, gauge),
        agent_head=_report(agent.head()),
        uptime=agent.uptime(),
        software=software(),
    )


def outbox_report(agent: AgentStore, terminal: TerminalView, gauge: Gauge) -> OutboxReport:
    """How much is still here, since when, how much more there is room for, and the head of the chain."""
    head, oldest = terminal.head(), waiting(agent, terminal, 1)
    return OutboxReport(
        waiting=max(0, head.seq - agent.done_count()),
        parked=len(agent.parked()),
        oldest=oldest[0].time if oldest else None,
        room=room_report(gauge.measure()),
        head=_report(head),
    )


def room_report(room: Room) -> RoomReport:
    """The room as it travels."""
    least, cause = room.least, room.cause
    return RoomReport(
        takes="nothing" if least is None else least.value,
        cause=None if cause is None else cause.value,
        full=round(room.full, 3),
        free_mb=room.free_bytes // MB,
    )


def software() -> str:
    """The name and version of this program."""
    try:
        return f"zhizhu {version('zhizhu')}"
    except PackageNotFoundError:
        return "zhizhu (not installed)"


def _report(head: Head) -> HeadReport:
    return HeadReport(seq=head.seq, hash=head.hash)
