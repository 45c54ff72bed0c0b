"""Makes an ordered certificate: content, paper, seal, and everything that is written down of it in one transaction."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, lock_cases
from hub.applications import Application
from hub.attachments.standing import attachments_of, opened
from hub.cases import payload_of
from hub.certificates.content import Anchor, Holder, PaperContent, Signature, lines_and_rows, link_of
from hub.certificates.issuers import Issuers, issuers, open_key
from hub.certificates.ledger import anchor_of, note
from hub.certificates.orders import CLAIMED, DONE, STUCK, VALID, WAITING, kind_of, paper_aad
from hub.certificates.seals import usable_seal
from hub.certificates.tables import Certificate, CertificateJob, Seal, SealUse
from hub.certificates.trouble import ContentTrouble, EarlierTrouble, PaperTrouble, SignatureTrouble
from hub.decision_inputs import inputs_of
from hub.houses.standing import HANDOVER
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day
from hub.notices.decisions import notify_paper
from hub.opened_application import read_application
from hub.outside import wait
from hub.parties.standing import holder_case, parties_of
from hub.tables import Case, DecisionRecord
from hub.withdrawals import read_addressee
from offline.wire.attachment import seal_attachment
from offline.wire.canonical import b64
from offline.wire.claims import subject_of
from offline.wire.sealing import seal as seal_to_hub
from offline.wire.trouble import WireTrouble
from seeds.certificates import CertificateKind
from seeds.identifiers import certificate_check
from seeds.identifiers.certificate import ALPHABET, ROOT

log = logging.getLogger(__name__)
_SERIAL_CHARS: Final = 10
_MOST_HELD: Final = 40
_HOLDER_CHARS: Final = 40
VERIFY_PATH: Final = "/verify/cert/"


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A sealed paper that is not kept yet."""

    identifier: str
    content_sha256: str
    pdf: bytes
    seal_id: str
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """A claimed job with all that its paper needs, read before anything slow."""

    job_id: int
    case: Case
    kind: CertificateKind
    seal: Seal
    holder: Holder
    inputs: Mapping[str, object]
    changes: Mapping[str, str]
    version: int
    earlier: str | None  # the identifier of the version it replaces
    anchor: Anchor | None
    addressee: Addressee | None
    holder_case: Case  # of several parties the one whose certificate it becomes
    signature: Signature | None = None
    handed_over: tuple[str, ...] = ()  # identifiers of the certificates that end with it


def claim_jobs(hub: Hub, worker: str) -> list[int]:
    """Takes a handful of waiting or abandoned jobs for the length of a lease."""
    now = hub.clock()
    due = CertificateJob.state.in_((WAITING, CLAIMED)) & (CertificateJob.not_before <= now)
    wanted = select(CertificateJob).where(due).order_by(CertificateJob.id).limit(hub.settings.paper_batch)
    with hub.database.reading() as session:
        if session.scalars(wanted).first() is None:
            return []  # looking takes no write lock
    with hub.database.writing() as session:
        jobs = session.scalars(wanted.with_for_update(skip_locked=True)).all()
        for job in jobs:
            job.state, job.claimed_by, job.attempts = CLAIMED, worker, job.attempts + 1
            job.not_before = now + timedelta(seconds=hub.settings.paper_lease_s)
        return [job.id for job in jobs]


def make_paper(hub: Hub, worker: str, job_id: int) -> bool:
    """Makes the certificate of a claimed job and keeps it; false when it has to wait, or a person has to look."""
    try:
        order = _order(hub, job_id)
        return _keep(hub, worker, order, _made(hub, order))
    except PaperTrouble as trouble:
        _put_off(hub, worker, job_id, trouble)
        return False


def new_identifier(kind: CertificateKind, unit_code: str, day: datetime, version: int, earlier: str | None) -> str:
    """An identifier of GB/T 36904; a new version keeps the serial of the first. Nobody can guess one from another."""
    random = "".join(secrets.choice(ALPHABET) for _ in range(_SERIAL_CHARS))
    serial = f"{local_day(day):%Y%m%d}{random}" if earlier is None else earlier.split(".")[-3]
    check = certificate_check(kind.type_code, unit_code, serial, f"{version:03d}")
    return f"{ROOT}.{kind.type_code}.{unit_code}.{serial}.{version:03d}.{check}"


def _order(hub: Hub, job_id: int) -> Order:
    with hub.database.reading() as session:
        job = session.get_one(CertificateJob, job_id)
        case, kind = session.get_one(Case, job.case_id), hub.kinds.get(job.kind)
        if kind is None:
            raise ContentTrouble(f"没有证照种类 {job.kind}，证照没有签发。")
        inputs, holder = facts_of(session, hub, case)
        newest = select(Certificate.identifier).where(Certificate.case_id == case.id)
        return Order(
            job_id=job_id,
            case=case,
            kind=kind,
            seal=usable_seal(session, kind, case.region, hub.clock(), job.seal_id),
            holder=holder,
            inputs=inputs,
            changes={name: str(value) for name, value in job.changes.items()},
            version=job.version,
            earlier=session.scalars(newest.order_by(Certificate.version.desc()).limit(1)).one_or_none(),
            anchor=anchor_of(session),
            addressee=read_addressee(session, hub, case),
            holder_case=holder_case(session, hub, case),
            signature=_signature(session, hub, case, kind),
            handed_over=handed_over(session, hub, case, kind, inputs),
        )


def facts_of(session: Session, hub: Hub, case: Case) -> tuple[dict[str, object], Holder]:
    """What the rule read and whose certificate it becomes; raises ContentTrouble."""
    record = session.get(DecisionRecord, case.id)
    holder = holder_case(session, hub, case)
    try:
        inputs = {} if record is None else inputs_of(hub, record)
        applied = Application.model_validate(payload_of(session, hub, holder))
    except (WireTrouble, ValidationError):
        raise ContentTrouble("申请打不开，证照没有签发。") from None
    kind = kind_of(hub, case.item)
    if kind is not None and kind.holder == "organisation":
        return inputs, _organisation(applied, inputs)
    applicant, person = applied.applicant, inputs.get("person")
    known = person.get("name") if isinstance(person, Mapping) and holder.id == case.id else None
    name = applicant.name or (known if isinstance(known, str) else "")
    if not name:
        raise ContentTrouble("缺少持证人的姓名，证照没有签发。")
    return inputs, Holder(name, applicant.id_number.upper())


def _signature(session: Session, hub: Hub, case: Case, kind: CertificateKind) -> Signature | None:
    """What the applicant drew, for the paper alone; raises SignatureTrouble while it is not here."""
    if not kind.signature:
        return None
    for one in attachments_of(session, case):
        if (one.kind, one.name) == ("signature", kind.signature):
            drawn = opened(session, hub, one)
            if drawn is None:
                raise SignatureTrouble
            return Signature(drawn.data.decode())
    applied = read_application(session, hub, case)
    if applied is None or not applied.signed_by_witness():
        raise SignatureTrouble
    return Signature("")


def _organisation(applied: Application, inputs: Mapping[str, object]) -> Holder:
    """The organisation acted for, under its registered name; raises ContentTrouble."""
    acted, found = applied.organisation(), inputs.get("organisation")
    registered = found.get("registered") if isinstance(found, Mapping) else None
    name = registered.get("name") if isinstance(registered, Mapping) else None
    if acted is None or not isinstance(name, str) or not name:
        raise ContentTrouble("缺少单位的代码或登记名称，证照没有签发。")
    return Holder(name, acted.uscc, organisation=True)


def _held_by(hub: Hub, order: Order) -> dict[str, str]:
    """Whose it is in the register: a person masked, an organisation as anybody can look it up."""
    if order.holder.organisation:
        subject = subject_of(hub.keys.subject_index, order.holder.number)
        shown = order.holder.name[:_HOLDER_CHARS]
        return {"subject": subject, "masked_name": shown, "masked_number": order.holder.number}
    holder = order.holder_case
    return {"subject": holder.subject, "masked_name": holder.masked_name, "masked_number": holder.masked_number}


def _made(hub: Hub, order: Order) -> Made:
    """Draws and seals; what draws and signs is loaded here only, for it is large."""
    from hub.certificates.paper import draw_paper
    from hub.certificates.sealing import SealInHand, seal_paper
    from hub.certificates.stamps import time_stamps

    now, kind, seal = hub.clock().replace(microsecond=0), order.kind, order.seal
    sandbox: Issuers = issuers(hub)
    identifier = new_identifier(kind, seal.unit_code, now, order.version, order.earlier)
    until = (now.astimezone(SHANGHAI) + timedelta(days=kind.valid_days)).replace(hour=23, minute=59, second=59)
    lines, rows = lines_and_rows(kind, order.holder, order.inputs, order.changes, hub.regions)
    content = PaperContent(
        title=kind.title.zh_hans,
        identifier=identifier,
        lines=lines,
        rows=rows,
        note=kind.note,
        unit=seal.unit,
        issued_on=local_day(now),
        valid_until=until.date(),
        address=f"{hub.settings.public_url.rstrip('/')}{VERIFY_PATH}{identifier}",
        anchor=order.anchor,
        signature=order.signature,
        link=link_of(kind, order.inputs, hub.settings.public_url),
    )
    plain = draw_paper(content)
    hand = SealInHand(
        seal.unit, seal.certificate, open_key(hub.keys, seal.key_sealed, f"seal/{seal.id}"), sandbox.root.der
    )
    pdf = seal_paper(plain, hand, now, time_stamps(hub, sandbox))
    return Made(identifier, hashlib.sha256(plain).hexdigest(), pdf, seal.id, now, until)


def _keep(hub: Hub, worker: str, order: Order, made: Made) -> bool:
    sealed, now = seal_attachment(made.pdf), hub.clock()
    document = hashlib.sha256(made.pdf).hexdigest()
    key_sealed = seal_to_hub({"key": b64(sealed.key)}, hub.keys.sealing_public, paper_aad(made.identifier))
    with hub.database.writing() as session:
        job = session.get_one(CertificateJob, order.job_id, with_for_update=True)
        if job.state != CLAIMED or job.claimed_by != worker:
            return False  # the lease was over and another worker has it
        (case,) = lock_cases(session, {order.case.id})
        seal = session.get_one(Seal, made.seal_id, with_for_update=True)
        usable_seal(session, order.kind, case.region, now, seal.id)  # it may have ended while the paper was drawn
        _supersede(session, order.earlier, job, now)
        row = Certificate(
            identifier=made.identifier,
            case_id=case.id,
            kind=order.kind.id,
            version=order.version,
            state=VALID,
            region=case.region,
            **_held_by(hub, order),
            seal_id=seal.id,
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            changed_at=now,
            content_sha256=made.content_sha256,
            document_sha256=document,
            paper_sha256=sealed.sha256,
            paper=sealed.data,
            paper_key_sealed=key_sealed,
        )
        session.add(row)
        session.flush()
        note(session, row, "issued", job.actor, job.reason, now)
        _hand_over(session, order.handed_over, row, job.actor, now)
        session.add(
            SealUse(
                seal_id=seal.id,
                case_id=case.id,
                certificate=row.identifier,
                document_sha256=document,
                actor=job.actor,
                way=job.way,
                used_at=now,
            )
        )
        job.state, job.trouble = DONE, None
        session.flush()
        notify_paper(session, hub, order.holder_case, order.kind.title.zh_hans, order.version)
        if order.addressee is not None:
            answer(session, hub, case, order.addressee)
    hub.measures.certificates.labels(order.kind.id).inc()
    return True


def _supersede(session: Session, earlier: str | None, job: CertificateJob, now: datetime) -> None:
    if earlier is None:
        return
    old = session.scalars(select(Certificate).where(Certificate.identifier == earlier).with_for_update()).one()
    if old.state in ("suspended", "revoked"):
        raise EarlierTrouble(old.state)
    if old.state != "superseded":
        old.state, old.changed_at = "superseded", now
        note(session, old, "superseded", job.actor, job.reason, now)


def handed_over(
    session: Session, hub: Hub, case: Case, kind: CertificateKind, inputs: Mapping[str, object]
) -> tuple[str, ...]:
    """The applicant's certificates over the same thing, which end when it has another holder."""
    parties = parties_of(hub, case.item)
    if parties is None or parties.hands_over is None:
        return ()
    thing = _form_value(inputs.get("application"), parties.hands_over)
    held = select(Certificate).where(
        Certificate.kind.in_([one.id for one in hub.kinds.all if one.same_family(kind)]),
        Certificate.subject == case.subject,
        Certificate.state.in_((VALID, "suspended")),
    )
    found = []
    for one in session.scalars(held.order_by(Certificate.id.desc()).limit(_MOST_HELD)):
        try:
            known = _thing_of(session, hub, session.get_one(Case, one.case_id), parties.hands_over)
        except WireTrouble:
            continue  # made under a key that is gone: whoever looks after certificates revokes it by hand
        if thing is not None and known == thing:
            found.append(one.identifier)
    return tuple(found)


def _thing_of(session: Session, hub: Hub, case: Case, name: str) -> object:
    """Over what a certificate is; a new home stands on the list that its rule read. Raises WireTrouble."""
    record = session.get(DecisionRecord, case.id)
    home = {} if record is None else inputs_of(hub, record).get(HANDOVER)
    listed = home.get(name) if isinstance(home, Mapping) else None
    return listed or _form_value(payload_of(session, hub, case), name)


def _form_value(payload: object, name: str) -> object:
    form = payload.get("form") if isinstance(payload, Mapping) else None
    return form.get(name) if isinstance(form, Mapping) else None


def _hand_over(session: Session, identifiers: Sequence[str], new: Certificate, actor: str, now: datetime) -> None:
    held = select(Certificate).where(Certificate.identifier.in_(identifiers), Certificate.id != new.id)
    for old in session.scalars(held.order_by(Certificate.id).with_for_update()):
        if old.state in (VALID, "suspended"):
            old.state, old.changed_at = "revoked", now
            note(session, old, "revoked", actor, f"→ {new.identifier}", now)


def _put_off(hub: Hub, worker: str, job_id: int, trouble: PaperTrouble) -> None:
    """Lets a job wait longer each time, or puts it before a person; the case itself is approved and stays so.

    A new trouble is told to the owner once, not at each try.
    """
    with hub.database.reading() as session:
        job = session.get_one(CertificateJob, job_id)
        case_id = job.case_id
        is_new = job.trouble != trouble.code
        addressee = read_addressee(session, hub, session.get_one(Case, case_id)) if is_new else None
    with hub.database.writing() as session:
        job = session.get_one(CertificateJob, job_id, with_for_update=True)
        if job.state != CLAIMED or job.claimed_by != worker:
            return
        (case,) = lock_cases(session, {case_id})
        pause = wait(job.attempts - 1, hub.settings.paper_retry_s, hub.settings.paper_retry_most_s)
        job.state, job.trouble = WAITING if trouble.waits else STUCK, trouble.code
        job.not_before = hub.clock() + pause
        session.flush()
        if addressee is not None:
            answer(session, hub, case, addressee)
    log.warning("certificate job %d waits: %s", job_id, trouble.code)
