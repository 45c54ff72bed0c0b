"""What a terminal may forget of its own accord: acts that are answered, read and old; a stub of each stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from offline.agent_store import AgentView
from offline.terminal_store import SlipOutcome, TerminalStore, TerminalView
from offline.wire.batch import EventStatus
from offline.wire.changes import SETTLED_STATES

AT_ONCE: Final = 200
"""Events pruned in one transaction, so that a resident's act never waits long for it."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is done with stays readable here; `unclaimed` is for acts whose slip nobody is known to hold."""

    settled: timedelta
    unclaimed: timedelta


def prune(terminal: TerminalStore, agent: AgentView, keeping: Keeping, now: datetime) -> int:
    """Makes stubs of at most AT_ONCE events; returns of how many.

    None while a clock that the hub once put right is in doubt: nothing grows old by a year that never was.
    """
    if agent.clock_basis().heard is not None and agent.clock(now) != "trusted":
        return 0
    seqs: list[int] = []
    for seq in prunable(terminal, agent, keeping, now):
        seqs.append(seq)
        if len(seqs) == AT_ONCE:
            break
    if seqs:
        terminal.make_stubs(seqs)
    return len(seqs)


def prunable(terminal: TerminalView, agent: AgentView, keeping: Keeping, now: datetime) -> Iterator[int]:
    """The sequence numbers of what may go, oldest first; the newest event always stays, for the chain goes on from it.

    Never what the hub has not stored, what is laid aside, or what has no final answer yet.
    """
    newest = terminal.head().seq
    for place in terminal.places_before(now - keeping.settled):
        if place.seq == newest:
            continue
        ack = agent.ack(place.id)
        if ack is None or ack.status not in (EventStatus.STORED, EventStatus.DUPLICATE):
            continue
        act = terminal.act(place.id)
        if act is not None and act.item:
            answer = agent.answer(place.id)
            if answer is None or answer.state not in SETTLED_STATES:
                continue
            if act.slip is not SlipOutcome.PRINTED and act.kept_at > now - keeping.unclaimed:
                continue
        yield place.seq
