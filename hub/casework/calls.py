"""Events about cases that are there already: kept with the event, taken up by a worker afterwards.

A new kind of event needs its type here and a handler in `hub.casework.calls_taken`; it names its case by the event that
filed it or by its claim code (`case: {event_id | code}`), and the inbox has it once as it has everything once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.tables import CaseCall
from hub.hub import Hub
from hub.tables import Case
from offline.wire.event import Envelope

SUPPLEMENTED: Final = "cn.zhizhu.case.supplemented.v1"
WITHDRAWN: Final = "cn.zhizhu.case.withdrawn.v1"
REVIEW_ASKED: Final = "cn.zhizhu.case.review_asked.v1"
RATED: Final = "cn.zhizhu.case.rated.v1"
CASE_UNKNOWN: Final = "case_unknown"
CALL_TYPES: Final = frozenset((SUPPLEMENTED, WITHDRAWN, RATED, REVIEW_ASKED))


@dataclass(frozen=True, slots=True)
class Named:
    """Which case is meant: the event that filed it, the hash of its claim code, or its number with whose it is."""

    event_id: str
    claim_hash: str = ""
    number: str = ""
    subject: str = ""


def find(session: Session, named: Named) -> int | None:
    """The case meant; None when it is not here, or two terminals have by chance made the same code."""
    wanted = select(Case.id).where(Case.parent_id.is_(None))
    if named.event_id:
        wanted = wanted.where(Case.event_id == named.event_id)
    elif named.claim_hash:
        wanted = wanted.where(Case.claim_hash == named.claim_hash)
    else:
        wanted = wanted.where(Case.number == named.number, Case.subject == named.subject)
    found = session.scalars(wanted.limit(2)).all()
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Doubts:
    """By an event's hash: why what it says about a case cannot be taken up now; and how many codes were nobody's."""

    by_hash: Mapping[str, str]
    misses: int


def doubts_of(session: Session, said: Mapping[str, Named], coming: Collection[str], guesses: int) -> Doubts:
    """Looks for the cases that events name; after so many codes of nobody no further one is looked for.

    A batch brings hundreds of events, and whoever has a terminal's key could try all codes by them.
    """
    doubts, misses = dict[str, str](), 0
    for digest, named in said.items():
        if named.event_id and named.event_id in coming:
            continue
        by_code = not named.event_id and named.claim_hash != ""
        if by_code and misses >= guesses:
            doubts[digest] = CASE_UNKNOWN
        elif find(session, named) is None:
            doubts[digest] = CASE_UNKNOWN
            misses += by_code
    return Doubts(doubts, misses)


def note_calls(session: Session, hub: Hub, calls: Sequence[tuple[Envelope, Named]]) -> bool:
    """Puts the events before the workers, in the transaction that stores them; false when a case is not here."""
    found = [(envelope, find(session, named)) for envelope, named in calls]
    for envelope, case_id in found:
        if case_id is None:
            continue
        held = session.get(CaseCall, (envelope.source, envelope.id))
        if held is not None:  # replayed after its cause was mended
            held.done_at, held.outcome = None, ""
            continue
        session.add(
            CaseCall(
                source=envelope.source,
                event_id=envelope.id,
                case_id=case_id,
                type=envelope.type,
                received_at=hub.clock(),
                outcome="",
            )
        )
    session.flush()
    return all(case_id is not None for _, case_id in found)
