"""Asks the parties: whom an application names, that the case waits for them, and what the rule hears of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError
from sqlalchemy.orm import Session

from hub.answers import Addressee, conclude
from hub.applications import Application
from hub.cases import payload_of
from hub.casework.papers import last_day
from hub.casework.state import By
from hub.hub import Hub
from hub.moments import local_day
from hub.parties.shape import distinct, next_of
from hub.parties.standing import PARTIES, parties_of, rows_of, shape_of, subject_in, waiting_text
from hub.parties.tables import CaseParty
from hub.parties.telling import tell_asked
from hub.tables import Case
from offline.wire.trouble import WireTrouble
from seeds.identifiers import id_number_ok, mask_number


@dataclass(frozen=True, slots=True)
class Asked:
    """One who is to be asked."""

    role: str
    subject: str
    masked: str
    due_on: date


class UnclearParties(Exception):
    """The application does not say who has to confirm: a number is wrong, or the same person stands twice."""


def to_ask(session: Session, hub: Hub, case: Case, payload: Mapping[str, object]) -> tuple[Asked, ...]:
    """Whom the case has to wait for; nobody where all have confirmed, or nobody needs to. Raises UnclearParties."""
    parties = parties_of(hub, case.item)
    if parties is None:
        return ()
    if rows := rows_of(session, case.id):
        if next_of(shape_of(rows)) == "decide":
            return ()
        return tuple(Asked(row.role, row.subject, row.masked, row.due_on) for row in rows)
    form = payload.get("form")
    numbers = [str(form.get(one.number, "")).upper() if isinstance(form, Mapping) else "" for one in parties.others]
    if not all(map(id_number_ok, numbers)):
        raise UnclearParties
    subjects = [subject_in(hub, number) for number in numbers]
    if not distinct(case.subject, subjects):
        raise UnclearParties
    due = last_day(hub, local_day(hub.clock()), parties.days)
    return tuple(
        Asked(one.role, subject, mask_number(number), due)
        for one, subject, number in zip(parties.others, subjects, numbers, strict=True)
    )


def await_parties(session: Session, hub: Hub, case: Case, asked: Sequence[Asked], addressee: Addressee | None) -> None:
    """The case waits, and says for whom; in the transaction that holds it."""
    if not rows_of(session, case.id):
        for one in asked:
            session.add(
                CaseParty(
                    case_id=case.id,
                    role=one.role,
                    subject=one.subject,
                    masked=one.masked[:40],
                    answer="asked",
                    due_on=one.due_on,
                )
            )
        session.flush()
    reasons = [{"code": "await_parties", "text": waiting_text(hub, case, rows_of(session, case.id))}]
    conclude(session, hub, case, "await_parties", By("rule"), reasons, addressee, waits_for=PARTIES)
    tell_asked(session, hub, case)


def party_facts(session: Session, hub: Hub, case: Case) -> dict[str, object]:
    """What the rule may know of those who confirmed: their words stand in their own events."""
    facts: dict[str, object] = {}
    for row in rows_of(session, case.id):
        if row.word_id is None or row.answered_at is None:
            continue
        word = session.get_one(Case, row.word_id)
        try:
            applied = Application.model_validate(payload_of(session, hub, word))
        except (WireTrouble, ValidationError):
            continue  # the rule misses it, and a person looks
        facts[row.role] = {
            "name": applied.applicant.name,
            "id_number": applied.applicant.id_number.upper(),
            "confirmed_on": local_day(row.answered_at).isoformat(),
        }
    return facts
