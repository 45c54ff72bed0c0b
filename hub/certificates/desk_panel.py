"""The desk's section about a case's certificates: what was made, and sealing by the custodian."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.content import lines_and_rows
from hub.certificates.custody import TYPED_DIGITS, seal_for
from hub.certificates.issuing import facts_of
from hub.certificates.orders import DONE, kind_of, title_of
from hub.certificates.tables import Certificate, CertificateJob, Seal
from hub.certificates.trouble import ContentTrouble
from hub.desk_panels import Panel
from hub.hub import Hub
from hub.moments import local_text
from hub.staff import SignedIn
from hub.tables import Case


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A certificate of the case."""

    identifier: str
    title: str
    state: str
    issued: str
    until: str


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """What the custodian is about to seal, word by word."""

    title: str
    unit: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


def papers_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """The certificates of a case, and the seal's form for its custodian; nothing where the item issues none."""
    kind = kind_of(hub, case.item)
    if kind is None:
        return None
    made = session.scalars(select(Certificate).where(Certificate.case_id == case.id).order_by(Certificate.id.desc()))
    job = session.scalars(
        select(CertificateJob).where(CertificateJob.case_id == case.id, CertificateJob.state != DONE)
    ).first()
    seal = seal_for(session, hub, case, who)
    values: dict[str, object] = {
        "title": title_of(hub, kind.id),
        "papers": [
            PaperRow(
                row.identifier,
                title_of(hub, row.kind),
                row.state,
                local_text(row.issued_at),
                local_text(row.valid_until),
            )
            for row in made
        ],
        "waits": "" if job is None else (job.trouble or job.state),
        "draft": _draft(session, hub, case, seal) if isinstance(seal, Seal) else None,
        "digits": TYPED_DIGITS,
    }
    return Panel("desk/papers.html", values)


def _draft(session: Session, hub: Hub, case: Case, seal: Seal) -> Draft | None:
    kind = kind_of(hub, case.item)
    assert kind is not None
    try:
        inputs, holder = facts_of(session, hub, case)
        lines, rows = lines_and_rows(kind, holder, inputs, {}, hub.regions)
    except ContentTrouble:
        return None
    return Draft(kind.title.zh_hans, seal.unit, lines, rows)
