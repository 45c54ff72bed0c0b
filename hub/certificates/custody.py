"""A custodian at the desk: agrees to a case and has its certificate sealed, by one-time code and case number."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.certificates.orders import UNSEALED, WAITING, kind_of, title_of
from hub.certificates.seals import ACTIVE, check_code, usable_seal
from hub.certificates.tables import Certificate, CertificateJob, Seal, SealUse
from hub.certificates.trouble import SealTrouble
from hub.desk import OPEN, DeskTrouble, decide_case
from hub.hub import Hub
from hub.moments import local_text
from hub.staff import SignedIn
from hub.tables import Case

TYPED_DIGITS = 5
_USES = 50


@dataclass(frozen=True, slots=True)
class UseRow:
    """One use of a seal, as the register shows it."""

    seal: str
    case_number: str
    certificate: str
    actor: str
    way: str
    at: str


@dataclass(frozen=True, slots=True)
class Handling:
    """How long papers of one kind took from application to seal, beside what it took by hand."""

    title: str
    count: int
    median_minutes: int
    by_hand_minutes: int


def seal_case(hub: Hub, case_id: int, who: SignedIn, typed: str, code: str) -> DeskTrouble | None:
    """Spends the code, approves the case where it is still open, and lets its certificate be sealed.

    The number is typed so that nobody seals the paper of another page that was left open.
    """
    if (trouble := _spend(hub, case_id, who, typed, code)) is not None:
        return trouble
    with hub.database.reading() as session:
        is_open = session.get_one(Case, case_id).state in OPEN
    if is_open and (refused := decide_case(hub, case_id, who, "approve", "")) is not None:
        return refused
    with hub.database.writing() as session:
        job = session.scalars(_unsealed(case_id).with_for_update()).one_or_none()
        if job is None:
            return DeskTrouble("hub.desk.trouble.seal_nothing", 409)
        kind = hub.kinds[job.kind]
        seal = usable_seal(session, kind, session.get_one(Case, case_id).region, hub.clock())
        job.state, job.seal_id, job.actor, job.not_before = WAITING, seal.id, who.name, hub.clock()
    return None


def seal_for(session: Session, hub: Hub, case: Case, who: SignedIn) -> Seal | DeskTrouble:
    """The seal this clerk may put on the case's certificate, or why none."""
    kind = kind_of(hub, case.item)
    waits = session.scalars(_unsealed(case.id)).first() is not None
    if kind is None or kind.seal.use != "custodian" or not (case.state in OPEN or waits):
        return DeskTrouble("hub.desk.trouble.seal_nothing", 409)
    try:
        seal = usable_seal(session, kind, case.region, hub.clock())
    except SealTrouble:
        return DeskTrouble("hub.desk.trouble.seal_no_seal", 409)
    return seal if seal.custodian == who.name else DeskTrouble("hub.desk.trouble.seal_not_custodian", 403)


def uses(session: Session, region_prefix: str, seal_id: str | None = None) -> tuple[UseRow, ...]:
    """The newest uses of the seals of these divisions."""
    wanted = select(SealUse, Seal, Case).join(Seal, Seal.id == SealUse.seal_id).join(Case, Case.id == SealUse.case_id)
    wanted = wanted.where(Case.region.startswith(region_prefix, autoescape=True))
    if seal_id is not None:
        wanted = wanted.where(Seal.id == seal_id)
    rows = session.execute(wanted.order_by(SealUse.id.desc()).limit(_USES))
    return tuple(
        UseRow(seal.unit, case.number, use.certificate, use.actor, use.way, local_text(use.used_at))
        for use, seal, case in rows
    )


def waiting(session: Session, region_prefix: str, most: int) -> tuple[tuple[Case, str], ...]:
    """The cases of these divisions whose certificate waits for a custodian, the oldest first."""
    wanted = select(Case, CertificateJob.kind).join(CertificateJob, CertificateJob.case_id == Case.id)
    wanted = wanted.where(
        CertificateJob.state == UNSEALED, Case.region.startswith(region_prefix, autoescape=True)
    ).order_by(Case.id)
    return tuple((case, kind) for case, kind in session.execute(wanted.limit(most)))


def handling(session: Session, hub: Hub, region_prefix: str) -> tuple[Handling, ...]:
    """How long the newest papers took, for kinds that say what it took by hand; measured, never estimated."""
    found = []
    for kind in hub.kinds.all:
        if kind.by_hand_minutes is None:
            continue
        wanted = select(Case.received_at, Certificate.issued_at).join(Certificate, Certificate.case_id == Case.id)
        wanted = wanted.where(
            Certificate.kind == kind.id,
            Certificate.version == 1,
            Certificate.region.startswith(region_prefix, autoescape=True),
        )
        rows = session.execute(wanted.order_by(Certificate.id.desc()).limit(hub.settings.paper_rows)).all()
        minutes = [max(0.0, (issued - received).total_seconds() / 60) for received, issued in rows]
        if minutes:
            took = max(1, round(median(minutes)))
            found.append(Handling(title_of(hub, kind.id), len(minutes), took, kind.by_hand_minutes))
    return tuple(found)


def seals_of(session: Session, region_prefix: str, most: int) -> tuple[Seal, ...]:
    """The seals of these divisions, the ones in use first."""
    wanted = select(Seal).where(Seal.region.startswith(region_prefix, autoescape=True))
    rows = session.scalars(wanted.order_by((Seal.state != ACTIVE), Seal.id).limit(most))
    return tuple(rows)


def _spend(hub: Hub, case_id: int, who: SignedIn, typed: str, code: str) -> DeskTrouble | None:
    with hub.database.writing() as session:
        case = session.get_one(Case, case_id)
        if "".join(typed.split()) != case.number[-TYPED_DIGITS:]:
            return DeskTrouble("hub.desk.trouble.seal_number", 422)
        found = seal_for(session, hub, case, who)
        if isinstance(found, DeskTrouble):
            return found
        seal = session.get_one(Seal, found.id, with_for_update=True)
        refused = check_code(hub, seal, who.name, code)
        return None if refused is None else DeskTrouble(refused.text, 403)


def _unsealed(case_id: int) -> Select[CertificateJob]:
    return select(CertificateJob).where(CertificateJob.case_id == case_id, CertificateJob.state == UNSEALED)
