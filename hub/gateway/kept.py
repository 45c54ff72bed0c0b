"""Answers kept for a case: sealed, used for a while, and gone with the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.gateway.port import Answer
from hub.gateway.sandbox import forget_questions
from hub.gateway.tables import DataAnswer, DataRead, DataWait
from hub.hub import Hub
from offline.wire.sealing import seal
from offline.wire.trouble import WireTrouble


@dataclass(frozen=True, slots=True)
class Held:
    """A kept answer is found under these."""

    case_id: int
    source: str
    subject: str


def kept_answer(session: Session, hub: Hub, held: Held, fields: tuple[str, ...]) -> Answer | None:
    """An answer that covers these fields and is not too old to be used again."""
    row = session.get(DataAnswer, (held.case_id, held.source, held.subject))
    if row is None or hub.clock() - row.at > timedelta(seconds=hub.settings.source_kept_s):
        return None
    try:
        opened = hub.keys.unseal(row.sealed, _aad(held))
    except WireTrouble:  # sealed by keys that are not here: it is asked again
        return None
    asked, values = opened.get("asked"), opened.get("values")
    if not isinstance(asked, list) or not set(fields) <= set(asked) or not isinstance(values, Mapping):
        return None
    found = {name: value for name, value in values.items() if name in fields}
    as_of = date.fromisoformat(str(opened["as_of"]))
    return Answer(str(opened["id_number"]), bool(opened["known"]), found, as_of)


def keep(session: Session, hub: Hub, held: Held, fields: tuple[str, ...], answer: Answer) -> None:
    """Keeps an answer for its case, in place of an earlier one."""
    sealed = seal(
        {
            "id_number": answer.id_number,
            "known": answer.known,
            "asked": list(fields),
            "values": dict(answer.values),
            "as_of": answer.as_of.isoformat(),
        },
        hub.keys.sealing_public,
        _aad(held),
    )
    session.merge(
        DataAnswer(case_id=held.case_id, source=held.source, subject=held.subject, sealed=sealed, at=hub.clock())
    )


def forget_case(session: Session, case_id: int) -> None:
    """The case is settled: what was kept for it goes, in the same transaction."""
    session.execute(delete(DataAnswer).where(DataAnswer.case_id == case_id))
    session.execute(delete(DataWait).where(DataWait.case_id == case_id))


def sweep_data(hub: Hub) -> None:
    """Forgets answers that are not used any more, and what the log has kept long enough."""
    now = hub.clock()
    unused = now - timedelta(seconds=hub.settings.source_kept_s)
    with hub.database.writing() as session:
        session.execute(delete(DataAnswer).where(DataAnswer.at < unused))
        forget_questions(session, unused)
        long_ago = now - timedelta(days=hub.settings.source_log_days)
        for source in hub.sources.all:  # one by one: so the log is searched by its index
            session.execute(delete(DataRead).where(DataRead.source == source.id, DataRead.at < long_ago))


def _aad(held: Held) -> bytes:
    return f"data/{held.case_id}/{held.source}/{held.subject}".encode("ascii")
