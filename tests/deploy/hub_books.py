"""What the terminal's two files and the hub's database say of the same acts, as books to be compared."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hub.database import Database
from hub.tables import Case, Chain, Change, DecisionRecord, InboxEvent
from offline.store import AgentView, TerminalView
from offline.wire.chain import START, Break, Head, check
from offline.wire.event import Envelope
from tests.deploy.kill_books import Books


def read_books(
    database: Database,
    terminal: TerminalView,
    agent: AgentView,
    acknowledged: Sequence[str],
    *,
    parked: frozenset[str] = frozenset(),
) -> Books:
    """The books at the end of a story; `parked` are the acts that the hub was meant to lay aside."""
    head = terminal.verify()
    held = terminal.events_after(0, terminal.head().seq)
    applications = tuple(event.id for event in held if event.type.endswith(".applied.v1") and event.id not in parked)
    broken = [f"broken chain: {chain}" for chain in (head, agent.verify()) if isinstance(chain, Break)]
    laid_aside = {one.id: one.reason for one in agent.parked()}
    broken += [f"{name}: laid aside, {reason}" for name, reason in laid_aside.items() if name not in parked]
    broken += [f"{name}: not laid aside by the agent" for name in parked if name not in laid_aside]
    source = agent.enrolled().source
    with database.reading() as session:
        rows = session.scalars(select(InboxEvent).where(InboxEvent.source == source).order_by(InboxEvent.seq)).all()
        envelopes = [Envelope.from_json(row.envelope) for row in rows]
        for row in rows:
            if (row.status, row.position) != ("parked" if row.id in parked else "stored", "joined"):
                broken.append(f"{row.id}: at the hub as {row.status}, {row.position}, {row.reason}")
        if (end := check(envelopes)) != head:
            broken.append(f"the hub's chain ends as {end}, the terminal's as {head}")
        noted = [Head(row.seq, row.hash) for row in session.scalars(select(Chain).where(Chain.source == source))] or [
            START
        ]
        if noted != [head]:
            broken.append(f"the hub notes {noted} of the terminal's {head}")
        told = session.scalars(select(Change).order_by(Change.n)).all()
        if [change.n for change in told] != list(range(1, len(told) + 1)):
            broken.append(f"the feed has gaps: {[change.n for change in told]}")
        decided = select(Case.event_id).join(DecisionRecord, DecisionRecord.case_id == Case.id)
        states = {row.event_id: row.state for row in session.execute(select(Case.event_id, Case.state))}
        broken += [
            f"{name}: the terminal has heard {heard.state}, the case is {states.get(name)}"
            for name in applications
            if (heard := agent.answer(name)) is not None and heard.state != states.get(name)
        ]
        return Books(
            acknowledged=tuple(acknowledged),
            held=tuple(event.id for event in held),
            at_hub=tuple(envelope.id for envelope in envelopes),
            applications=applications,
            cases=tuple(session.scalars(select(Case.event_id))),
            decisions=tuple(session.scalars(decided)),
            answers=tuple(str(change.body["event_id"]) for change in told if change.kind == "answer"),
            heard=tuple(name for name in applications if agent.answer(name)),
            broken=tuple(broken),
        )
