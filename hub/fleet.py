"""How the terminals are: state and device health as their heartbeats tell it; silence is unknown, never fine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock_doubt import note_start
from hub.divisions import division_name
from hub.hub import Hub
from hub.moments import ago_text, local_text
from hub.tables import Terminal
from offline.wire.heartbeat import DeviceReport, Heartbeat, RoomReport

_WELL: Final = frozenset(("ready", "limited"))
_SOON_FULL: Final = 0.6
"""From which part of its bound a terminal is told to be filling, before anybody is turned away."""


class TerminalState(StrEnum):
    """The words of a terminal's state."""

    ONLINE = "online"
    DEGRADED = "degraded"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device as an operator reads it; `state` is unknown once the terminal is silent."""

    role: str
    name: str
    state: str
    state_text: str
    cause_text: str
    code: str
    advice: str
    since: str

    @property
    def well(self) -> bool:
        """Whether residents can use it now."""
        return self.state in _WELL


@dataclass(frozen=True, slots=True)
class RoomView:
    """How much more a terminal can keep, as an operator reads it; unknown where it is silent or does not tell."""

    takes: str  # deferrable (all) | ordinary | essential | nothing | unknown
    full: float
    text: str
    cause_text: str

    @property
    def refuses(self) -> bool:
        """Whether residents are turned away."""
        return self.takes in ("ordinary", "essential", "nothing")

    @property
    def soon(self) -> bool:
        """Whether nobody is turned away yet, but somebody soon will be."""
        return self.takes == "deferrable" and self.full >= _SOON_FULL


@dataclass(frozen=True, slots=True)
class TerminalView:
    """One terminal as an operator reads it."""

    id: str
    name: str
    region: str
    region_name: str
    state: TerminalState
    state_text: str
    last_seen: datetime | None
    last_seen_text: str
    last_seen_ago: str
    screen: str
    screen_text: str
    last_touch: str
    devices: tuple[DeviceView, ...]
    waiting: int
    parked: int
    oldest: datetime | None
    oldest_ago: str
    room: RoomView
    software: str
    enrolled: str

    @property
    def broken(self) -> tuple[DeviceView, ...]:
        """The devices that need somebody."""
        return tuple(device for device in self.devices if device.state != "ready")


def note_heartbeat(session: Session, hub: Hub, terminal_id: str, heartbeat: Heartbeat) -> None:
    """Keeps a terminal's last word, at the hub's own time: the terminal's clock may be wrong."""
    terminal = session.get_one(Terminal, terminal_id)
    terminal.heartbeat = heartbeat.model_dump(mode="json")
    terminal.heartbeat_at = hub.clock()
    note_start(session, terminal, heartbeat, hub.clock(), hub.settings.starts_kept)


def terminals(session: Session, hub: Hub, prefix: str = "") -> list[TerminalView]:
    """Every terminal of the divisions under a prefix, those in need first."""
    wanted = select(Terminal).where(Terminal.region.startswith(prefix, autoescape=True)).order_by(Terminal.name)
    views = [terminal_view(hub, row) for row in session.scalars(wanted)]
    return sorted(views, key=lambda view: _ORDER[view.state])


def terminal_view(hub: Hub, terminal: Terminal) -> TerminalView:
    """A terminal as an operator reads it now."""
    now, texts = hub.clock(), hub.texts
    said = None if terminal.heartbeat is None else Heartbeat.model_validate(terminal.heartbeat)
    state = state_of(said, terminal.heartbeat_at, now, hub.settings.silence_s)
    silent = state in (TerminalState.UNKNOWN, TerminalState.NEVER)
    screen = "unknown" if said is None or silent else said.status.screen
    reports = {} if said is None else said.status.devices
    return TerminalView(
        id=terminal.id,
        name=terminal.name,
        region=terminal.region,
        region_name=division_name(hub, terminal.region),
        state=state,
        state_text=texts(f"hub.terminal.{state.value}"),
        last_seen=terminal.heartbeat_at,
        last_seen_text=local_text(terminal.heartbeat_at),
        last_seen_ago=ago_text(terminal.heartbeat_at, now),
        screen=screen,
        screen_text=texts(f"hub.screen.{screen}"),
        last_touch=local_text(None if said is None else said.status.last_touch),
        devices=tuple(_device(hub, role, report, silent) for role, report in sorted(reports.items())),
        waiting=0 if said is None else said.outbox.waiting,
        parked=0 if said is None else said.outbox.parked,
        oldest=None if said is None else said.outbox.oldest,
        oldest_ago="" if said is None or said.outbox.oldest is None else ago_text(said.outbox.oldest, now),
        room=_room(hub, None if said is None or silent else said.outbox.room),
        software="" if said is None else said.software,
        enrolled=local_text(terminal.enrolled_at),
    )


def state_of(said: Heartbeat | None, at: datetime | None, now: datetime, silence_s: float) -> TerminalState:
    """A terminal's state from its last heartbeat and how long ago that was."""
    if said is None or at is None:
        return TerminalState.NEVER
    if now - at > timedelta(seconds=silence_s):
        return TerminalState.UNKNOWN
    devices_well = all(one.state == "ready" for one in said.status.devices.values())
    takes_all = said.outbox.room is None or said.outbox.room.takes == "deferrable"
    well = said.status.screen == "alive" and devices_well and takes_all
    return TerminalState.ONLINE if well else TerminalState.DEGRADED


_ORDER: Final = {
    TerminalState.UNKNOWN: 0,
    TerminalState.OFFLINE: 1,
    TerminalState.DEGRADED: 2,
    TerminalState.NEVER: 3,
    TerminalState.ONLINE: 4,
}


def _room(hub: Hub, room: RoomReport | None) -> RoomView:
    if room is None:
        return RoomView("unknown", 0.0, hub.texts("hub.room.unknown"), "")
    text = hub.texts(f"hub.room.{room.takes}", percent=str(round(room.full * 100)), free=str(room.free_mb))
    return RoomView(
        room.takes, room.full, text, "" if room.cause is None else hub.texts(f"hub.room.cause.{room.cause}")
    )


def _device(hub: Hub, role: str, report: DeviceReport, silent: bool) -> DeviceView:
    texts = hub.texts
    state = "unknown" if silent else report.state
    well = state == "ready"
    named = f"hub.device.{role}"
    return DeviceView(
        role=role,
        name=texts(named) if named in texts else role,
        state=state,
        state_text=texts(f"hub.device_state.{state}"),
        cause_text="" if well or silent or report.cause is None else texts(f"hub.cause.{report.cause}"),
        code="" if well or silent else report.code,
        advice="" if well else _advice(hub, report, silent),
        since=local_text(report.since),
    )


def _advice(hub: Hub, report: DeviceReport, silent: bool) -> str:
    """What to do: the driver's own words for its code, else what fits the cause."""
    if silent:
        return hub.texts("hub.advice.silent")
    own = f"{report.code}.technician"
    return hub.texts(own if own in hub.texts else f"hub.advice.{report.cause or 'unknown'}")
