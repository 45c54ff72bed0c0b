"""What becomes of an issued certificate: suspended, resumed, revoked, changed; each a row of its journal."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import answer, lock_cases
from hub.certificates.ledger import note
from hub.certificates.orders import BY_CODE, BY_RULE, DONE, UNSEALED, VALID, WAITING
from hub.certificates.tables import Certificate, CertificateJob
from hub.hub import Hub
from hub.notices.slips import end_paper
from hub.parties.standing import holder_case
from hub.tables import Case
from hub.trouble import HubTrouble
from hub.withdrawals import read_addressee

Act = Literal["suspended", "resumed", "revoked"]
ACTS: Final[tuple[Act, ...]] = ("suspended", "resumed", "revoked")
_FROM: Final[dict[Act, tuple[str, ...]]] = {
    "suspended": (VALID,),
    "resumed": ("suspended",),
    "revoked": (VALID, "suspended"),
}
_TO: Final[dict[Act, str]] = {"suspended": "suspended", "resumed": VALID, "revoked": "revoked"}
REASON_CHARS: Final = 200


class ChangeTrouble(HubTrouble):
    """A certificate cannot be changed as asked."""


def find(session: Session, identifier: str, region_prefix: str = "") -> Certificate:
    """The certificate of this identifier in these divisions; raises ChangeTrouble."""
    row = session.scalars(select(Certificate).where(Certificate.identifier == identifier[:140])).one_or_none()
    if row is None or not row.region.startswith(region_prefix):
        raise ChangeTrouble(
            "没有签发过这张证照。No such certificate was issued.", "请核对电子证照标识。Check the identifier."
        )
    return row


def may_become(state: str, act: Act) -> bool:
    """Whether a certificate that stands so can be suspended, resumed or revoked."""
    return state in _FROM[act]


def act_on(hub: Hub, identifier: str, act: Act, actor: str, reason: str, region_prefix: str = "") -> None:
    """Suspends, resumes or revokes a certificate, and tells the terminal it came from; raises ChangeTrouble."""
    reason = _reason(reason)
    with hub.database.reading() as session:
        case_id = find(session, identifier, region_prefix).case_id
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))
    with hub.database.writing() as session:
        pending = select(CertificateJob).where(CertificateJob.case_id == case_id, CertificateJob.state != DONE)
        jobs = session.scalars(pending.order_by(CertificateJob.id).with_for_update()).all()
        (case,) = lock_cases(session, {case_id})
        row = find(session, identifier, region_prefix)
        if not may_become(row.state, act):
            raise ChangeTrouble(
                f"证照现在是“{row.state}”，不能这样做。The certificate is {row.state}: this cannot be done.",
                "请先查看它的记录。Look at its journal first.",
            )
        row.state, row.changed_at = _TO[act], hub.clock()
        note(session, row, act, actor, reason, hub.clock())
        for job in jobs if act == "revoked" else ():
            job.state, job.trouble = DONE, "revoked"  # no new version of what is revoked, also not one in the making
        if act == "revoked":
            end_paper(session, hub, holder_case(session, hub, case))
        session.flush()
        if addressee is not None:
            answer(session, hub, case, addressee)


def order_change(
    hub: Hub, identifier: str, changes: dict[str, str], actor: str, reason: str, region_prefix: str = ""
) -> None:
    """Orders a new version with other words in some fields; the old one counts until the new one is sealed."""
    reason = _reason(reason)
    with hub.database.writing() as session:
        row = find(session, identifier, region_prefix)
        kind = hub.kinds.get(row.kind)
        names = () if kind is None else ("name", *(field.name for field in kind.fields))
        if kind is None or not changes or not set(changes) <= set(names):
            raise ChangeTrouble(
                f"可以改的有 {'、'.join(names)}。These fields may be changed: {', '.join(names)}.",
                "请写成 名称=内容。Write NAME=VALUE.",
            )
        pending = select(CertificateJob.id).where(CertificateJob.case_id == row.case_id, CertificateJob.state != DONE)
        if row.state != VALID or session.scalars(pending).first() is not None:
            raise ChangeTrouble(
                "只有有效的、没有正在更换的证照才能改。Only a valid certificate can be changed, once at a time.",
                "请先查看它的状态。Look at its state first.",
            )
        by_rule = kind.seal.use == "rule"
        earlier = select(CertificateJob).where(
            CertificateJob.case_id == row.case_id, CertificateJob.version == row.version
        )
        kept = session.scalars(earlier).one().changes
        session.add(
            CertificateJob(
                case_id=row.case_id,
                kind=row.kind,
                version=row.version + 1,
                state=WAITING if by_rule else UNSEALED,
                actor=actor,
                way=BY_RULE if by_rule else BY_CODE,
                changes={**kept, **{name: " ".join(value.split())[:200] for name, value in changes.items()}},
                reason=reason,
                not_before=hub.clock(),
                made_at=hub.clock(),
            )
        )


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= REASON_CHARS:
        raise ChangeTrouble(
            f"要写原因，最多 {REASON_CHARS} 个字。A reason is needed.", "请写清楚为什么。Say why, in a sentence."
        )
    return reason
