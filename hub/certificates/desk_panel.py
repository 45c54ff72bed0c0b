"""The desk's section about a case's certificates: what was made, and sealing by the custodian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.changes import REASON_CHARS
from hub.certificates.content import lines_and_rows
from hub.certificates.custody import TYPED_DIGITS, seal_for
from hub.certificates.desk_acts import DeskAct, acts_for
from hub.certificates.issuing import facts_of
from hub.certificates.orders import DONE, kind_of, title_of
from hub.certificates.tables import Certificate, CertificateEvent, CertificateJob, Seal
from hub.certificates.trouble import ContentTrouble
from hub.desk_panels import Panel
from hub.hub import Hub
from hub.moments import local_text
from hub.staff import SignedIn
from hub.tables import Case

_EVENTS: Final = 20


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A certificate of the case."""

    identifier: str
    title: str
    state: str
    issued: str
    until: str
    acts: tuple[DeskAct, ...]
    journal: tuple[tuple[str, str, str, str], ...]  # what, when, who, why


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
    wanted = select(Certificate).where(Certificate.case_id == case.id).order_by(Certificate.id.desc())
    made = session.scalars(wanted.limit(hub.settings.paper_views)).all()
    job = session.scalars(
        select(CertificateJob).where(CertificateJob.case_id == case.id, CertificateJob.state != DONE)
    ).first()
    seal = seal_for(session, hub, case, who)
    draft = _draft(session, hub, case, seal) if isinstance(seal, Seal) else None
    if not made and job is None and draft is None:
        return None
    values: dict[str, object] = {
        "title": title_of(hub, kind.id),
        "papers": [
            PaperRow(
                row.identifier,
                title_of(hub, row.kind),
                row.state,
                local_text(row.issued_at),
                local_text(row.valid_until),
                acts_for(session, hub, case, row, who),
                _journal(session, hub, row),
            )
            for row in made
        ],
        "fields": [("name", hub.texts("hub.desk.name")), *((field.name, field.label) for field in kind.fields)],
        "reason_chars": REASON_CHARS,
        "waits": "" if job is None else (job.trouble or job.state),
        "draft": draft,
        "digits": TYPED_DIGITS,
    }
    return Panel("desk/papers.html", values)


def _journal(session: Session, hub: Hub, row: Certificate) -> tuple[tuple[str, str, str, str], ...]:
    wanted = select(CertificateEvent).where(CertificateEvent.certificate_id == row.id)
    events = session.scalars(wanted.order_by(CertificateEvent.id.desc()).limit(_EVENTS))
    by_rule = hub.texts("hub.paper.by_rule")
    return tuple(
        (one.what, local_text(one.at), by_rule if one.actor.startswith("rule:") else one.actor, one.reason)
        for one in events
    )


def _draft(session: Session, hub: Hub, case: Case, seal: Seal) -> Draft | None:
    kind = kind_of(hub, case.item)
    assert kind is not None
    try:
        inputs, holder = facts_of(session, hub, case)
        lines, rows = lines_and_rows(kind, holder, inputs, {}, hub.regions)
    except ContentTrouble:
        return None
    return Draft(kind.title.zh_hans, seal.unit, lines, rows)
