"""One step of emptying the outbox: a batch, its answers, nothing skipped and nothing in the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Protocol

from offline.agent_store import AgentStore
from offline.sync.pace import Pace
from offline.sync.parcel import Ahead, Parcel
from offline.sync.trouble import HubRefused, HubSilent
from offline.terminal_store import TerminalView
from offline.trouble import StoreTrouble
from offline.wire.batch import MAX_BATCH_BYTES, BatchReply, EventResult, EventStatus
from offline.wire.event import Envelope
from offline.wire.trouble import WireTrouble

ENVELOPE_BYTES = 900
"""More than an envelope's JSON takes beside its payload."""


class TakesEvents(Protocol):
    """The part of the hub's client that draining needs."""

    def send_events(self, parcel: Parcel, meanwhile: Callable[[], None]) -> BatchReply:
        """Sends a batch, and calls `meanwhile` before the answer is listened for."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What a step did, how to go on, and when."""

    pace: Pace
    wait_s: float
    sent: int = 0
    parked: int = 0
    later: int = 0
    more: bool = False
    trouble: HubSilent | HubRefused | None = None
    ahead: Ahead | None = None


def waiting(
    agent: AgentStore,
    terminal: TerminalView,
    limit: int,
    held: frozenset[int] = frozenset(),
    after: int | None = None,
) -> tuple[Envelope, ...]:
    """The oldest events the hub has not answered for good, in order, at most `limit` and what one request may hold.

    `held` are sequence numbers that wait for something else to arrive first; the hub joins the chain when they come.
    The events up to `after` are taken to be answered.
    """
    seq, found, size = agent.drained_to() if after is None else after, list[Envelope](), 0
    while len(found) < limit and (page := terminal.events_after(seq, limit)):
        done = agent.acked(page[0].seq, page[-1].seq)
        for event in page:
            if event.seq in done or event.seq in held:
                continue
            size += len(event.data) * 4 // 3 + ENVELOPE_BYTES
            if len(found) == limit or (found and size > MAX_BATCH_BYTES):
                return tuple(found)
            found.append(event)
        seq = page[-1].seq
    return tuple(found)


def drain_once(
    agent: AgentStore,
    terminal: TerminalView,
    hub: TakesEvents,
    pace: Pace,
    *,
    now: datetime,
    chance: Random,
    held: frozenset[int] = frozenset(),
    ahead: Ahead | None = None,
) -> Drained:
    """Sends one batch and keeps the answers; raises nothing of the network, only of the own disk.

    `ahead` is what the step before made ready.
    """
    if ahead is not None and ahead.fits(agent.drained_to(), pace.batch, held):
        parcel = ahead.parcel
    else:
        parcel = Parcel(waiting(agent, terminal, pace.batch, held))
    events = parcel.events
    if not events:
        return Drained(pace, 0.0)
    following = _Following(agent, terminal, events[-1].seq, pace.succeeded().batch)
    try:
        reply = hub.send_events(parcel, following.make_ready if not held else _nothing)
    except HubRefused as refusal:
        return _after_refusal(agent, events, refusal, pace, now, chance)
    except HubSilent as silence:
        slower = pace.failed()
        return Drained(slower, slower.wait_s(chance), more=True, trouble=silence)
    return replace(_after_reply(agent, events, reply, pace, now, chance), ahead=following.ready)


class _Following:
    """The batch behind the one that is under way."""

    def __init__(self, agent: AgentStore, terminal: TerminalView, after: int, limit: int) -> None:
        self._agent = agent
        self._terminal = terminal
        self._after = after
        self._limit = limit
        self.ready: Ahead | None = None

    def make_ready(self) -> None:
        """Reads and packs it; what the own disk refuses now is read, and told, when its turn comes."""
        with suppress(StoreTrouble, WireTrouble):
            events = waiting(self._agent, self._terminal, self._limit, after=self._after)
            if events:
                self.ready = Ahead(self._after, self._limit, Parcel(events))
                self.ready.parcel.packed  # noqa: B018  (made now)


def _nothing() -> None:
    pass


def _after_reply(
    agent: AgentStore, events: tuple[Envelope, ...], reply: BatchReply, pace: Pace, now: datetime, chance: Random
) -> Drained:
    seqs = {event.id: event.seq for event in events}
    answers = {result.id: result for result in reply.results if result.id in seqs}
    agent.acknowledge(((seqs[identifier], result) for identifier, result in answers.items()), now)
    states = [result.status for result in answers.values()]
    parked = states.count(EventStatus.PARKED)
    sent = states.count(EventStatus.STORED) + states.count(EventStatus.DUPLICATE)
    later = len(events) - parked - sent  # said "retry", or not mentioned at all
    going = pace.failed() if later else pace.succeeded()
    return Drained(going, going.wait_s(chance), sent=sent, parked=parked, later=later, more=True)


def _after_refusal(
    agent: AgentStore, events: tuple[Envelope, ...], refusal: HubRefused, pace: Pace, now: datetime, chance: Random
) -> Drained:
    """The hub refused the whole request: find the one event that is at fault by sending less, then lay it aside."""
    if (refusal.about_the_content or refusal.too_much) and len(events) > 1:
        less = Pace(pace.failures, max(1, len(events) // 2), pace.longest_wait_s)
        return Drained(less, 0.0, more=True, trouble=refusal)
    if refusal.about_the_content:
        why = EventResult(id=events[0].id, status=EventStatus.PARKED, reason=refusal.sentence[:500])
        agent.acknowledge([(events[0].seq, why)], now)
        return Drained(pace.succeeded(), 0.0, parked=1, more=True, trouble=refusal)
    slower = pace.failed()
    return Drained(slower, slower.wait_s(chance, refusal.retry_after_s), more=True, trouble=refusal)
