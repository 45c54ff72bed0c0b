"""How a case is concluded, by a rule or by a clerk: its state, its answer to the terminal, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.blobs import delete_blob
from hub.boards.noting import note_saving
from hub.case_views import full_view
from hub.casework.chain import begin_next, paid_before, void_next
from hub.casework.joining import join_whole, name_of
from hub.casework.state import SETTLED, By, IllegalTransition
from hub.casework.steps import move
from hub.certificates.orders import order_paper
from hub.clock_doubt import counted_day
from hub.feed import lock_feeds, tell
from hub.gateway.orders import order_change
from hub.houses.standing import follow_house, in_doubt
from hub.hub import Hub
from hub.notices.consents import apply_contact
from hub.notices.decisions import notify_conclusion
from hub.parties.given import PASSED, lay_down
from hub.parties.standing import WORD, unconfirmed
from hub.payments.following import follow_case, pay_back
from hub.referrals.handing import hand_over
from hub.referrals.words import OUTSIDE, asked_reason
from hub.tables import Case
from hub.vouchers.granting import apply_authorisation, end_with_case
from offline.wire.canonical import b64
from offline.wire.changes import AnswerBody, CaseState
from offline.wire.claims import answer_key, seal_answer, subject_of
from seeds.trouble import UnknownItem


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom an answer is about, and the key that only the claim code gives."""

    id_number: str
    key: bytes


def addressee_of(applied: Application) -> Addressee:
    """Slow on purpose (the key is stretched): made before any lock. Raises WireTrouble."""
    key = answer_key(applied.claim.normal_code(), applied.claim.salt())
    return Addressee(applied.applicant.id_number.upper(), key)


def lock_cases(session: Session, ids: Collection[int]) -> list[Case]:
    """The cases a transaction is going to conclude, oldest first, locked with their wholes and whoever will hear."""
    above = session.scalars(select(Case.parent_id).where(Case.id.in_(ids), Case.parent_id.is_not(None))).all()
    locked = select(Case).where(Case.id.in_({*ids, *above})).order_by(Case.id).with_for_update()
    cases = list(session.scalars(locked.execution_options(populate_existing=True)))
    lock_feeds(session, {case.region for case in cases})
    return [case for case in cases if case.id in ids]


def conclude(
    session: Session,
    hub: Hub,
    case: Case,
    act: str,
    by: By,
    reasons: Sequence[dict[str, str]],
    addressee: Addressee | None,
    *,
    to: CaseState | None = None,
    waits_for: str = "",
) -> None:
    """Takes the case a step on, tells the terminal, and lets a picture go that nobody needs any more.

    Without an addressee the application cannot be opened: the state stands, but nobody can be told. Raises
    IllegalTransition.
    """
    shut = case.waits_for in (WORD, OUTSIDE) or unconfirmed(session, hub, case) or in_doubt(session, hub, case)
    if act in PASSED and shut:
        raise IllegalTransition(case.state, act, by.kind)
    if lay_down(session, hub, case, act):
        # Nobody is told yet: within moments it is known what the word came to.
        act, waits_for, addressee = "await_word", WORD, None
    elif hand_over(session, hub, case, act):
        if addressee is not None:
            apply_authorisation(session, hub, case, addressee.id_number)
        act, waits_for, reasons = "await_outside", OUTSIDE, [asked_reason(session, hub, case)]
    said = "；".join(reason["text"] for reason in reasons)
    move(session, hub, case, act, by, reason=said, to=to, waits_for=waits_for)
    state = case.state
    case.decided_at, case.reasons = hub.clock(), list(reasons)
    if state == "approved":
        case.next_due = _next_due(hub, case)
        order_paper(session, hub, case)
        order_change(session, hub, case)
        note_saving(session, hub, case)
        apply_contact(session, hub, case)
    follow_house(session, hub, case)
    follow_case(session, hub, case)
    if (state in SETTLED or case.waits_for == "visit") and case.picture_sha256 is not None:
        delete_blob(session, case.terminal_id, case.picture_sha256, "decided", hub.clock())
    session.flush()
    notify_conclusion(session, hub, case)
    if case.parent_id is not None:
        _next_parts(session, hub, case, addressee)
        join_whole(session, hub, case)
    if state in ("refused", "withdrawn"):
        end_with_case(session, hub, case)
    if addressee is None:
        return
    if state == "approved":
        apply_authorisation(session, hub, case, addressee.id_number)
    answer(session, hub, case, addressee)


def _next_parts(session: Session, hub: Hub, case: Case, addressee: Addressee | None) -> None:
    """What comes after this part begins, or comes to nothing with it; an approval that led nowhere is paid back."""
    if case.state == "approved":
        begin_next(session, hub, case)
    if case.state not in ("refused", "withdrawn"):
        return
    reasons = [{"code": "part_void", "text": hub.texts("hub.theme.void", item=name_of(hub, case.item))}]
    for part in void_next(session, hub, case):
        conclude(session, hub, part, "part_void", By("rule"), reasons, addressee)
    for first in paid_before(session, hub, case):
        pay_back(session, hub, first, case.state)


def _next_due(hub: Hub, case: Case) -> str | None:
    """When it is due again; an item that was retired while the case lay before a person is due no more."""
    try:
        return hub.catalogue.item(case.item).next_due(counted_day(case))
    except UnknownItem:
        return None


def answer(session: Session, hub: Hub, case: Case, addressee: Addressee) -> None:
    """Tells the terminal how the case stands now; of a part it hears as of the whole, which is what was filed."""
    if case.parent_id is not None:
        case = session.get_one(Case, case.parent_id)
    body = AnswerBody(
        event_id=case.event_id,
        state=case.state,  # type: ignore[arg-type]  # pydantic checks the word
        case_no=case.number,
        subject=subject_of(hub.keys.subject_key(case.terminal_id), addressee.id_number),
        sealed=b64(seal_answer(addressee.key, full_view(session, hub, case).model_dump(mode="json"))),
    )
    tell(session, case.terminal_id, "answer", body.model_dump(mode="json"), hub.clock())
