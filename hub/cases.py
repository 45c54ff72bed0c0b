"""Cases (办件): opened from an application in the transaction that stores its event, and found again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, cast, get_args

from sqlalchemy import Text, bindparam, insert, literal, select, update
from sqlalchemy.orm import Session

from hub.applications import Application, attached_in
from hub.attachments.noting import note_attachments
from hub.casework.chain import first_of, waits_its_turn
from hub.casework.joining import part_views
from hub.casework.needs import needs_of
from hub.casework.placing import casework_of, place_of
from hub.casework.steps import FILED
from hub.casework.tables import CaseStep
from hub.casework.withdrawing import is_given_back, withdrawable
from hub.certificates.orders import paper_waits, papers_of
from hub.clocks.clock import Open
from hub.clocks.keeping import extensions, first_reading, joined_clock, limits_of, parts_of
from hub.clocks.tables import RegionExtension
from hub.delivery.standing import delivery_view, note_wish
from hub.gateway.standing import change_waits
from hub.gateway.words import SOURCE
from hub.hub import Hub
from hub.many_rows import insert_rows, names, one_of
from hub.moments import local_day
from hub.notices.told import told_with
from hub.parties.standing import PARTIES, WORD, holder_case, paid_with, parties_seen, target_of
from hub.payments.orders import PAYMENT, order_view
from hub.ratings.replies import rating_reply
from hub.referrals.words import OUTSIDE
from hub.reviews.standing import word_on
from hub.tables import Case, CaseCounter, DecisionJob, InboxEvent, table_of
from offline.wire.changes import CaseView, DueView, OrderView, Paper, Reason
from offline.wire.claims import index_hash, subject_of
from offline.wire.event import Envelope
from seeds.identifiers import mask_name, mask_number

OUTCOME_TEXTS: Final = {
    "received": "hub.outcome.received",
    "in_review": "hub.outcome.in_review",
    "waiting": "hub.outcome.waiting",
    "approved": "hub.outcome.approved",
    "refused": "hub.outcome.refused",
    "withdrawn": "hub.outcome.withdrawn",
}
SETTLED: Final = ("approved", "refused", "withdrawn")
_CASES_BY_CARD: Final = 20
_MASKED_CHARS: Final = 40
_MOST_REASONS: Final = 20  # of a view
_CASE: Final = table_of(Case)
_OPENED: Final = one_of(_CASE.c.number, bindparam("numbers", type_=Text()))
_PUT_BEFORE_WORKERS: Final = insert(table_of(DecisionJob)).from_select(
    ["case_id", "state", "attempts"], select(_CASE.c.id, literal("waiting"), literal(0)).where(_OPENED)
)
_NOTED: Final = insert(table_of(CaseStep)).from_select(
    ["case_id", "act", "kind", "actor", "state_before", "state_after", "reason", "at"],
    select(_CASE.c.id, literal(FILED), literal("applicant"), literal(""), literal(""), literal("received"), literal(""))
    .add_columns(_CASE.c.received_at)
    .where(_OPENED),
)


def open_cases(
    session: Session, hub: Hub, terminal_id: str, region: str, applications: Sequence[tuple[Envelope, Application]]
) -> None:
    """Opens the cases of a terminal's applications, numbered in order, and puts them before the decision workers."""
    if not applications:
        return
    now = hub.clock()
    today = local_day(now)
    extended = extensions(session, region)
    items = {part for _, applied in applications for part in (applied.item, *_parts(hub, applied))}
    openings = {item: _opening(hub, item, region, extended, today) for item in items}
    numbers = _next_numbers(session, region, local_day(now).strftime("%Y%m%d"), len(applications))
    filed = list(zip(numbers, applications, strict=True))
    rows = {number: _row(hub, terminal_id, region, number, envelope, applied) for number, (envelope, applied) in filed}
    insert_rows(session, _CASE, [row | openings[str(row["item"])] for row in rows.values()])
    jobs = [number for number, (_, applied) in filed if applied.item not in hub.themes]
    for number, (_, applied) in filed:
        if applied.item in hub.themes:
            parts = _open_parts(session, hub, rows[number], _parts(hub, applied), openings)
            numbers += parts
            jobs += [part for part, item in parts.items() if not first_of(hub, applied.item, item)]
    session.execute(_PUT_BEFORE_WORKERS, {"numbers": names(jobs)})
    session.execute(_NOTED, {"numbers": names(numbers)})
    for number, (envelope, applied) in filed:
        if given := attached_in(applied.attachments):
            case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
            note_attachments(session, case_id, terminal_id, envelope.source, envelope.id, given)
        if applied.delivery is not None:
            note_wish(session, hub, session.scalars(select(Case).where(Case.number == number)).one(), applied)


def _row(
    hub: Hub, terminal_id: str, region: str, number: str, envelope: Envelope, applied: Application
) -> dict[str, object]:
    """What an application makes of a case, wherever it is handled."""
    subjects, claims = hub.keys.subject_index, hub.keys.claim_index
    return {
        "number": number,
        "source": envelope.source,
        "event_id": envelope.id,
        "terminal_id": terminal_id,
        "region": region,
        "item": applied.item,
        "item_version": applied.item_version,
        "state": "received",
        "masked_name": mask_name(applied.applicant.name)[:_MASKED_CHARS],
        "masked_number": mask_number(applied.applicant.id_number),
        "subject": subject_of(subjects, applied.applicant.id_number),
        "claim_hash": index_hash(claims, applied.claim.normal_code()),
        "identity_level": applied.identity.level,
        "identity_way": applied.identity.way,
        "applied_at": envelope.time,
        "clock": envelope.clock,
        "received_at": hub.clock(),
        "reasons": "[]",
        "picture_sha256": applied.identity.picture_name(),
    }


def _parts(hub: Hub, applied: Application) -> tuple[str, ...]:
    """The items of a theme that are applied for, in the theme's order; an older terminal names none, and means all."""
    if applied.item not in hub.themes:
        return ()
    theme = hub.themes.by_id[applied.item]
    items = theme.items
    return items if applied.parts is None or theme.whole else tuple(item for item in items if item in applied.parts)


def _open_parts(
    session: Session,
    hub: Hub,
    whole: Mapping[str, object],
    parts: Sequence[str],
    openings: Mapping[str, Mapping[str, object]],
) -> dict[str, str]:
    """Splits a theme's case for the departments; the items come back by the parts' numbers."""
    parent = session.scalars(select(Case).where(Case.number == whole["number"])).one()
    rows = [
        {
            **whole,
            **openings[item],
            "number": f"{whole['number']}-{n}",
            "item": item,
            "item_version": hub.catalogue.item(item).version,
            "claim_hash": "",  # the slip's code is the whole's
            "parent_id": parent.id,
            "reasons": json.dumps(waits_its_turn(hub, parent.item, item), ensure_ascii=False),
        }
        for n, item in enumerate(parts, 1)
    ]
    insert_rows(session, _CASE, rows)
    parent.limit_days = max(int(str(row["limit_days"])) for row in rows)
    joined_clock(session, parent)
    session.flush()
    return {str(row["number"]): str(row["item"]) for row in rows}


def _opening(
    hub: Hub, item_id: str, region: str, extended: Sequence[RegionExtension], today: date
) -> dict[str, object]:
    """Where a fresh case lies and how its clock stands."""
    unit = place_of(hub, item_id, region)
    limits = limits_of(hub, item_id)
    reading = first_reading(hub, limits, unit.division, extended, today)
    return {
        "unit": unit.id,
        "handled_in": unit.division,
        "begins_on": today,
        "limit_days": limits.promised,
        "statutory_days": limits.statutory,
        "due_on": reading.due,
        "light": reading.light,
        "turn_on": reading.turns,
    }


def cases_by_code(session: Session, hub: Hub, code: str) -> list[Case]:
    """The cases of a claim code; two terminals may by chance have made the same one."""
    wanted = select(Case).where(Case.claim_hash == index_hash(hub.keys.claim_index, code), Case.parent_id.is_(None))
    return list(session.scalars(wanted.limit(2)))


def cases_by_number(session: Session, hub: Hub, id_number: str) -> list[Case]:
    """The newest cases of a person."""
    subject = subject_of(hub.keys.subject_index, id_number)
    wanted = (
        select(Case)
        .where(Case.subject == subject, Case.parent_id.is_(None))
        .order_by(Case.id.desc())
        .limit(_CASES_BY_CARD)
    )
    return list(session.scalars(wanted))


def payload_of(session: Session, hub: Hub, case: Case) -> dict[str, object]:
    """The application as the resident made it, opened for the moment it is needed."""
    event = session.get_one(InboxEvent, (case.source, case.event_id))
    return hub.keys.unseal_event(Envelope.from_json(event.envelope))


def told_beside(session: Session, hub: Hub, case: Case) -> tuple[Reason, ...]:
    """What there is to hear beside the decision: the answer to a rating, and notices that nobody has heard."""
    return (*rating_reply(session, hub, case), *told_with(session, case))


def view_of(session: Session, hub: Hub, case: Case) -> CaseView:
    """A case as its resident may see it."""
    settled, review = settled_at(case), word_on(session, hub, case)
    return CaseView(
        item=case.item,
        state=case.state,  # type: ignore[arg-type]  # pydantic checks the word
        case_no=case.number,
        outcome_text=outcome_of(session, hub, case),
        reasons=_reasons(session, hub, case),
        next_due=case.next_due,
        masked_name=case.masked_name,
        decided_at=None if settled is None else settled.isoformat(timespec="seconds"),
        papers=_papers_of(session, hub, case),
        due=due_of(case),
        order=_order_of(session, hub, case),
        parts=part_views(session, hub, case),
        delivery=delivery_view(session, hub, case),
        needs=needs_of(session, case),
        parties=parties_seen(session, hub, case),
        review=None if review == "none" else review,
        withdraw=withdrawable(session, hub, case),
        given_back=is_given_back(case),
    )


def _papers_of(session: Session, hub: Hub, case: Case) -> tuple[Paper, ...]:
    """The certificates, for whom they are: of a case of several parties that may be one of the others."""
    target = target_of(session, hub, case) or case
    if target.item in hub.themes:
        made = [one for part in parts_of(session, target.id) for one in papers_of(session, hub, part)]
        return tuple(made[: hub.settings.paper_views])
    return papers_of(session, hub, target) if holder_case(session, hub, target).id == case.id else ()


def outcome_of(session: Session, hub: Hub, case: Case) -> str:
    """Of a word that counts also how the case stands that it was said on."""
    target = target_of(session, hub, case)
    if target is None:
        return outcome_text(hub, case)
    said = "；".join(str(reason["text"]) for reason in case.reasons)
    return hub.texts("hub.party.stands", said=said, stands=outcome_text(hub, target))


def _order_of(session: Session, hub: Hub, case: Case) -> OrderView | None:
    """The order, for whom the item lets pay: of a case of several parties that may be one of the others."""
    payable = paid_with(session, hub, case)
    return None if payable is None else order_view(session, hub, payable)


def _reasons(session: Session, hub: Hub, case: Case) -> tuple[Reason, ...]:
    """Why it stands so, and for whom what was promised still waits."""
    each = parts_of(session, case.id) if case.item in hub.themes else (case,)
    waits = (*(one for part in each for one in paper_waits(session, hub, part)), *change_waits(session, hub, case))
    return (*map(Reason.model_validate, case.reasons), *waits, *told_beside(session, hub, case))[:_MOST_REASONS]


def due_of(case: Case) -> DueView | None:
    """By when it is promised, as its resident may know; nothing once it is settled."""
    if case.state in SETTLED or case.light not in get_args(Open):
        return None
    on = None if case.due_on is None else case.due_on.isoformat()
    return DueView(on=on, light=cast("Open", case.light))


def settled_at(case: Case) -> datetime | None:
    """When the case came to its end; a rule that hands it to a person has decided, but settled nothing."""
    return case.decided_at if case.state in SETTLED else None


def outcome_text(hub: Hub, case: Case) -> str:
    """How the case stands, in the resident's words."""
    if is_given_back(case):
        return hub.texts("hub.outcome.given_back")
    if case.state == "approved" and casework_of(hub, case.item).ticket:
        return hub.texts("hub.outcome.answered")
    if case.state == "approved" and case.next_due:
        return hub.texts("hub.outcome.approved_until", month=month_text(case.next_due))
    if case.state == "waiting" and case.waits_for == PAYMENT:
        return hub.texts("hub.outcome.waiting_payment")
    if case.state == "waiting" and case.waits_for in (SOURCE, OUTSIDE, PARTIES, WORD):
        return hub.texts(f"hub.outcome.waiting_{case.waits_for}")
    return hub.texts(OUTCOME_TEXTS[case.state])


def state_text(hub: Hub, case: Case) -> str:
    """The state in a word; of what waits it says for what."""
    if case.state == "waiting" and case.waits_for in (PAYMENT, SOURCE, OUTSIDE, PARTIES, WORD):
        return hub.texts(f"hub.case.waiting.{case.waits_for}")
    return hub.texts(f"hub.case.{case.state}")


def month_text(month: str) -> str:
    """A month as people here read it: `2027年11月`."""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"


def _next_numbers(session: Session, region: str, day: str, count: int) -> list[str]:
    """The next numbers of a region and day; raises IntegrityError where another replica began the day just now."""
    prefix = f"{region}-{day}"
    grown = update(CaseCounter).where(CaseCounter.prefix == prefix).values(last=CaseCounter.last + count)
    returned = grown.returning(CaseCounter.last).execution_options(synchronize_session=False)
    last = session.execute(returned).scalar_one_or_none()
    if last is None:
        session.execute(insert(CaseCounter).values(prefix=prefix, last=count))
        last = count
    return [f"{prefix}-{number:05d}" for number in range(last - count + 1, last + 1)]
