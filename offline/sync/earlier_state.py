"""A hub or an outbox that stands where it stood before, after a backup or on another disk: what it lost goes out again.

The agent remembers what is done with. Where that contradicts what is there, what is there counts.
"""

from __future__ import annotations

import logging
from datetime import datetime

from offline.agent_store import AgentStore
from offline.terminal_store import TerminalView
from offline.wire.batch import EventResult, EventStatus, HeadReport

log = logging.getLogger(__name__)


def agree_with_outbox(agent: AgentStore, terminal: TerminalView, now: datetime) -> int:
    """Forgets answers to events that the outbox does not hold, for others will have their numbers; returns of how many.

    What was pruned was stored, even where the agent has forgotten that.
    """
    newest, forgotten = agent.last_done(), 0
    if newest is not None and terminal.id_at(newest[0]) != newest[1]:
        common = _common(agent, terminal, newest[0])
        forgotten = agent.fall_back(common, now, hub=False)
        log.warning(
            "发件箱不是原来的那一个（可能恢复过旧备份）：第 %d 条以后的回执不再作数，那些序号上的新记录会照常送出。"
            " The outbox is not the one it was.",
            common,
        )
    _count_pruned(agent, terminal, now)
    return forgotten


def agree_with_hub(agent: AgentStore, terminal: TerminalView, hub_head: HeadReport | None, now: datetime) -> int:
    """Sends again what a hub that came back from a backup does not have any more; returns of how many events.

    `hub_head` is the end of the outbox's chain at the hub, as the hub has just signed it. A chain with a hole ends
    before it for ever, so the same end makes nothing go out a second time.
    """
    if hub_head is None:
        return 0
    fell_to = agent.hub_fell_to()
    if fell_to is not None and hub_head.seq > fell_to:
        agent.note_hub_grew()
        fell_to = None
    if hub_head.seq >= agent.drained_to() or hub_head.seq == fell_to:
        return 0
    count = agent.fall_back(hub_head.seq, now, hub=True)
    log.warning(
        "中枢只记得第 %d 条以前的（可能恢复过旧备份）：其后 %d 条会再送一次。The hub has fallen back.",
        hub_head.seq,
        count,
    )
    _count_pruned(agent, terminal, now)
    return count


def _common(agent: AgentStore, terminal: TerminalView, differs: int) -> int:
    """The last number up to which answers and outbox agree: a chain that differs once differs from there on."""
    same = 0
    while differs - same > 1:
        middle = (same + differs) // 2
        found = agent.last_done(middle)
        if found is None or found[0] <= same or terminal.id_at(found[0]) == found[1]:
            same = middle
        else:
            differs = found[0]
    return same


def _count_pruned(agent: AgentStore, terminal: TerminalView, now: datetime) -> None:
    pruned = terminal.pruned_after(agent.drained_to())
    if not pruned:
        return
    known = agent.acked(pruned[0][0], pruned[-1][0])
    agent.acknowledge(
        [(seq, EventResult(id=name, status=EventStatus.DUPLICATE)) for seq, name in pruned if seq not in known], now
    )
