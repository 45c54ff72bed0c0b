"""Orders of certificates: an approval asks for the one its item names; a worker, or a custodian first, sees to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.tables import Certificate, CertificateJob
from hub.hub import Hub
from hub.moments import local_day
from hub.tables import Case
from offline.wire.attachment import KEY_BYTES
from offline.wire.canonical import b64, unb64
from offline.wire.changes import Paper, Reason
from seeds.certificates import CertificateKind
from seeds.trouble import UnknownItem

UNSEALED: Final = "unsealed"  # waits for the custodian of its seal
WAITING: Final = "waiting"
CLAIMED: Final = "claimed"
DONE: Final = "done"
STUCK: Final = "stuck"  # a person has to look at it
BY_RULE: Final = "rule"
BY_CODE: Final = "code"
VALID: Final = "valid"


def kind_of(hub: Hub, item_id: str) -> CertificateKind | None:
    """The kind of certificate that an approval of this item issues; None where it issues none."""
    try:
        template = hub.catalogue.item(item_id).certificate
    except UnknownItem:
        return None
    return None if template is None else hub.kinds.get(template.kind)


def order_paper(session: Session, hub: Hub, case: Case) -> None:
    """Orders the certificate of an approved case in the transaction that approves it, once."""
    kind = kind_of(hub, case.item)
    if kind is None or session.scalars(select(CertificateJob.id).where(CertificateJob.case_id == case.id)).first():
        return
    now, by_rule = hub.clock(), kind.seal.use == "rule"
    session.add(
        CertificateJob(
            case_id=case.id,
            kind=kind.id,
            version=1,
            state=WAITING if by_rule else UNSEALED,
            actor=f"rule:{case.item}" if by_rule else "",
            way=BY_RULE if by_rule else BY_CODE,
            changes={},
            reason="",
            not_before=now,
            made_at=now,
        )
    )
    session.flush()


def papers_of(session: Session, hub: Hub, case: Case) -> tuple[Paper, ...]:
    """The certificates of a case, the newest first: made, or being made; what opens them is told by `with_keys`."""
    if kind_of(hub, case.item) is None:
        return ()
    most = hub.settings.paper_views
    made = select(Certificate).where(Certificate.case_id == case.id).order_by(Certificate.version.desc()).limit(most)
    rows = session.scalars(made).all()
    jobs = select(CertificateJob).where(CertificateJob.case_id == case.id, CertificateJob.state != DONE)
    papers = [_being_made(hub, job.kind) for job in session.scalars(jobs.order_by(CertificateJob.version.desc()))]
    papers += [paper_of(hub, row) for row in rows]
    return tuple(papers[:most])


def paper_waits(session: Session, hub: Hub, case: Case) -> tuple[Reason, ...]:
    """For whom a paper of the case waits, in the resident's words; nothing while nobody holds it up."""
    if kind_of(hub, case.item) is None:
        return ()
    held_up = select(CertificateJob.trouble).where(
        CertificateJob.case_id == case.id, CertificateJob.state != DONE, CertificateJob.trouble.is_not(None)
    )
    troubles = dict.fromkeys(session.scalars(held_up.order_by(CertificateJob.id)))  # each once, in order
    return tuple(Reason(code="paper_waits", text=hub.texts(f"hub.paper.held.{one}")) for one in troubles)


def with_keys(session: Session, hub: Hub, papers: Sequence[Paper]) -> tuple[Paper, ...]:
    """The papers with their keys, for whoever holds the claim code; raises WireTrouble."""
    names = [paper.id for paper in papers if paper.state == "ready"]
    rows = session.scalars(select(Certificate).where(Certificate.identifier.in_(names)))
    keys = {row.identifier: b64(paper_key(hub, row)) for row in rows}
    return tuple(paper.model_copy(update={"key": keys.get(paper.id)}) for paper in papers)


def paper_key(hub: Hub, row: Certificate) -> bytes:
    """The key that opens a certificate's paper; raises WireTrouble."""
    return unb64(hub.keys.unseal(row.paper_key_sealed, paper_aad(row.identifier)).get("key"), KEY_BYTES)


def paper_aad(identifier: str) -> bytes:
    """What a paper's sealed key is bound to."""
    return f"paper/{identifier}".encode()


def title_of(hub: Hub, kind_id: str) -> str:
    """What a kind is called; one that is no longer in the data keeps its id."""
    kind = hub.kinds.get(kind_id)
    return kind_id if kind is None else kind.title.zh_hans


def _being_made(hub: Hub, kind: str) -> Paper:
    return Paper(kind=kind, title=title_of(hub, kind), state="making")


def paper_of(hub: Hub, row: Certificate) -> Paper:
    """A certificate as its owner sees it; what opens it is told by `with_keys`."""
    counts = row.state == VALID and hub.clock() < row.valid_until
    return Paper(
        kind=row.kind,
        title=title_of(hub, row.kind),
        state="ready" if counts else "void",
        id=row.identifier,
        valid_until=local_day(row.valid_until).isoformat(),
        sha256=row.paper_sha256 if counts else None,
        document_sha256=row.document_sha256 if counts else None,
    )
