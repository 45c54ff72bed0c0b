"""Who did what, for the auditor: one list out of the parts' own journals, which nobody can change here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.changes import ACTS
from hub.certificates.tables import Certificate, CertificateEvent, SealUse
from hub.clocks.tables import RegionExtension
from hub.identity.tables import StaffEvent
from hub.payments.orders import yuan
from hub.payments.tables import PaymentOrder, PaymentStep
from hub.tables import Case, ClerkDecision, PictureView

RULE: Final = "rule"  # gives money back by itself: no member of the staff


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did; who it was about is a number or an account, never a name of a resident."""

    at: datetime
    actor: str
    what: str  # a text's last word
    about: str
    detail: str
    asked_by: str = ""  # who began it, where it took two


def entries(session: Session, prefix: str, actor: str, most: int) -> list[Entry]:
    """The latest entries of a division, newest first; of one account where `actor` names it."""
    found = (one for source in _SOURCES for one in source(session, prefix, actor, most))
    return nlargest(most, found, key=lambda one: one.at)


def _accounts(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(StaffEvent).where(StaffEvent.region.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where((StaffEvent.actor == actor) | (StaffEvent.asked_by == actor))
    for one in session.scalars(wanted.order_by(StaffEvent.id.desc()).limit(most)):
        yield Entry(one.at, one.actor, one.act, one.about, one.detail, one.asked_by)


def _looks(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(PictureView, Case.number).join(Case, Case.id == PictureView.case_id)
    wanted = wanted.where(Case.region.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where(PictureView.staff == actor)
    for one, number in session.execute(wanted.order_by(PictureView.id.desc()).limit(most)):
        yield Entry(one.seen_at, one.staff, "looked", number, one.what)


def _decided(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(ClerkDecision, Case.number).join(Case, Case.id == ClerkDecision.case_id)
    wanted = wanted.where(Case.region.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where(ClerkDecision.staff == actor)
    for one, number in session.execute(wanted.order_by(ClerkDecision.id.desc()).limit(most)):
        yield Entry(one.decided_at, one.staff, "decided", number, one.outcome)


def _sealed(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(SealUse).join(Case, Case.id == SealUse.case_id)
    wanted = wanted.where(Case.region.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where(SealUse.actor == actor)
    for one in session.scalars(wanted.order_by(SealUse.id.desc()).limit(most)):
        yield Entry(one.used_at, one.actor, "sealed", one.certificate, one.seal_id)


def _certificates(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(CertificateEvent, Certificate.identifier).join(
        Certificate, Certificate.id == CertificateEvent.certificate_id
    )
    wanted = wanted.where(CertificateEvent.what.in_(ACTS), Certificate.region.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where(CertificateEvent.actor == actor)
    for one, identifier in session.execute(wanted.order_by(CertificateEvent.id.desc()).limit(most)):
        yield Entry(one.at, one.actor, one.what, identifier, one.reason)


def _extended(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(RegionExtension).where(RegionExtension.prefix.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where(RegionExtension.staff == actor)
    for one in session.scalars(wanted.order_by(RegionExtension.id.desc()).limit(most)):
        yield Entry(one.made_at, one.staff, "extended", one.prefix, one.reason)


def _refunded(session: Session, prefix: str, actor: str, most: int) -> Iterator[Entry]:
    wanted = select(PaymentStep, Case.number, PaymentOrder.received_fen)
    wanted = wanted.join(PaymentOrder, PaymentOrder.id == PaymentStep.order_id).join(
        Case, Case.id == PaymentOrder.case_id
    )
    by_staff = PaymentStep.event == "ask_refund", PaymentStep.actor != RULE
    wanted = wanted.where(*by_staff, Case.region.startswith(prefix, autoescape=True))
    if actor:
        wanted = wanted.where(PaymentStep.actor == actor)
    for one, number, fen in session.execute(wanted.order_by(PaymentStep.id.desc()).limit(most)):
        yield Entry(one.at, one.actor, "refunded", number, yuan(fen))


_SOURCES: tuple[Callable[[Session, str, str, int], Iterator[Entry]], ...] = (
    _accounts,
    _looks,
    _decided,
    _sealed,
    _certificates,
    _extended,
    _refunded,
)
