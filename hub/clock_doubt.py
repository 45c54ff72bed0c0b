"""When something was really done at a terminal whose clock was in doubt: what can be known decides, in her favour.

Where the machine has not been started anew since, the seconds it had been running tell the moment. Else it lies between
the last word from the terminal that came before, and the receipt. A deadline is asked of the earliest moment it can
have been, a new period counts from the latest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.moments import local_day, local_text
from hub.tables import BootSeen, Case, InboxEvent, Terminal
from offline.wire.event import Clock
from offline.wire.heartbeat import Heartbeat
from offline.wire.uptime import Uptime
from seeds.texts import Texts

SLACK: Final = timedelta(minutes=2)
"""What a heartbeat's way and a quartz may be out by."""
_NOTED_AGAIN: Final = timedelta(minutes=10)
How = Literal["clock", "uptime", "between"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A start of a terminal as its heartbeats told it: when it was, when last heard, and the chain's number then."""

    boot: str
    began_at: datetime
    heard_at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Window:
    """The earliest and latest moment at which something can have been done, and how that is known."""

    earliest: datetime
    latest: datetime
    how: How


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore")
    uptime: Uptime | None = None


def window(
    said: datetime,
    clock: Clock,
    received: datetime,
    *,
    seq: int,
    after: datetime,
    starts: Iterable[Seen] = (),
    up: Uptime | None = None,
) -> Window:
    """When an event was made: `said` by a clock that was trusted or not, `received` here.

    `seq` is its number in the chain, `after` a moment it surely came after, `up` how long the machine had been running.
    Pure; the truth lies between the two.
    """
    if believed(said, clock, received):
        return Window(said, said, "clock")
    known = tuple(starts)
    # What a heartbeat did not count yet was made after it.
    floor = min(received, max([after, *(one.heard_at - SLACK for one in known if one.seq < seq)]))
    own = next((one for one in known if up is not None and one.boot == up.boot), None)
    if own is None or up is None:
        return Window(floor, received, "between")
    made = min(received, max(floor, own.began_at + timedelta(seconds=up.seconds)))
    return Window(max(floor, made - SLACK), min(received, made + SLACK), "uptime")


def believed(said: datetime, clock: Clock, received: datetime) -> bool:
    """Whether a terminal's time stands; nothing is received before it is made."""
    return clock == "trusted" and said <= received + SLACK


def note_start(session: Session, terminal: Terminal, heartbeat: Heartbeat, now: datetime, most: int) -> None:
    """Remembers when the terminal's machine was started, by the hub's own clock; the last `most` starts are kept."""
    if heartbeat.uptime is None:
        return
    row = session.get(BootSeen, (terminal.id, heartbeat.uptime.boot))
    seq = heartbeat.outbox.head.seq
    if row is None:
        old = select(BootSeen).where(BootSeen.terminal_id == terminal.id).order_by(BootSeen.heard_at.desc())
        for forgotten in session.scalars(old.offset(most - 1)):
            session.delete(forgotten)
        row = BootSeen(terminal_id=terminal.id, boot=heartbeat.uptime.boot, began_at=now, heard_at=now, seq=seq)
        session.add(row)
    elif row.seq == seq and now - row.heard_at < _NOTED_AGAIN:
        return
    row.began_at = now - timedelta(seconds=heartbeat.uptime.seconds)
    row.heard_at, row.seq = now, seq


def window_of(session: Session, case: Case, payload: Mapping[str, object]) -> Window:
    """When an application was made, by all that the hub knows of its terminal."""
    event = session.get_one(InboxEvent, (case.source, case.event_id))
    sure: Clock = "trusted" if case.clock == "trusted" else "unsure"
    if believed(case.applied_at, sure, case.received_at):
        return Window(case.applied_at, case.applied_at, "clock")
    starts = session.scalars(select(BootSeen).where(BootSeen.terminal_id == case.terminal_id)).all()
    return window(
        case.applied_at,
        sure,
        case.received_at,
        seq=event.seq,
        up=_uptime(payload),
        starts=[Seen(one.boot, one.began_at, one.heard_at, one.seq) for one in starts],
        after=session.get_one(Terminal, case.terminal_id).enrolled_at,
    )


def keep_window(case: Case, found: Window) -> None:
    """Writes down what was found, so that a later decision, and everyone who reads it, goes by the same."""
    case.applied_from, case.applied_until, case.applied_how = found.earliest, found.latest, found.how


def kept_window(case: Case) -> Window:
    """What was written down; before that, only that it was made before it came."""
    if case.applied_from is None or case.applied_until is None:
        if case.clock == "trusted":
            return Window(case.applied_at, case.applied_at, "clock")
        return Window(case.received_at, case.received_at, "between")
    how: How = "clock" if case.applied_how == "clock" else "uptime" if case.applied_how == "uptime" else "between"
    return Window(case.applied_from, case.applied_until, how)


def counted_day(case: Case) -> date:
    """The day from which the next year counts: the latest it can have been; a doubtful clock shortens nothing."""
    return local_day(kept_window(case).latest)


def applied_text(case: Case) -> str:
    """When it was applied for, as people read it: never a time that nobody believes."""
    return local_text(kept_window(case).latest)


def doubt_text(texts: Texts, case: Case) -> str:
    """What the terminal's clock said, that it is in doubt, and what counts instead; empty for a clock that is right."""
    found = kept_window(case)
    if found.how == "clock":
        return ""
    return texts(
        f"hub.clock_doubt.{found.how}",
        said=local_text(case.applied_at),
        earliest=local_text(found.earliest),
        latest=local_text(found.latest),
    )


def _uptime(payload: Mapping[str, object]) -> Uptime | None:
    try:
        return _Payload.model_validate(payload).uptime
    except ValidationError:
        return None  # a reading that is none helps nobody, and costs nobody anything
