"""Who did what, for the auditor: one list out of the parts' own journals, which nobody can change here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any, Final, Literal, TypeVar, get_args

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.casework.tables import CaseStep
from hub.certificates.tables import Certificate, CertificateEvent, Seal, SealUse
from hub.clocks.tables import RegionExtension
from hub.gateway.tables import DataStep
from hub.identity.tables import StaffEvent
from hub.payments.orders import yuan
from hub.payments.tables import PaymentOrder, PaymentStep
from hub.ratings.tables import RatingStep, RatingTicket
from hub.tables import Case, ClerkDecision, PictureView

Kind = Literal["accounts", "cases", "looks", "papers", "clocks", "sharing", "money", "ratings"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
RULE: Final = "rule"  # gives money back, and seals, by itself: no member of the staff
PROVINCE_DIGITS: Final = 2
_CLOCK_ACTS: Final = ("pause", "resume")
_COURSE_ACTS: Final = (
    *("transfer", "hand_over", "ask_papers", "bring_paper", "papers_complete", "note", "revoke", "vouch"),
    *("recheck_right", "recheck_wrong", "recheck_settled", "ask_review"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did; who it was about is a number or an account, never a name of a resident."""

    at: datetime
    actor: str
    kind: Kind
    what: str  # a text: what was done
    about: str
    detail: str
    region: str
    asked_by: str = ""  # who began it, where it took two


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries somebody wants to read, and how many at the most."""

    prefix: str  # of the division
    most: int
    actor: str = ""  # only what this account did; empty: everybody
    kind: str = ""  # only this kind; empty: all


def entries(session: Session, wanted: Wanted) -> list[Entry]:
    """The latest of them, newest first."""
    kinds = [one for one in KINDS if wanted.kind in ("", one)]
    found = (one for kind in kinds for source in _SOURCES[kind] for one in source(session, wanted))
    return nlargest(wanted.most, found, key=lambda one: one.at)


_Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
_Asked = TypeVar("_Asked", bound=Select[*tuple[Any, ...]])


def _of(asked: _Asked, wanted: Wanted, who: _Text, newest: InstrumentedAttribute[Any], *more: _Text) -> _Asked:
    if wanted.actor:
        asked = asked.where(or_(*(one == wanted.actor for one in (who, *more))))
    return asked.order_by(newest.desc()).limit(wanted.most)


def _case_here(wanted: Wanted) -> ColumnElement[bool]:
    """A case that was filed or lies there: both places answer for what was done with it."""
    within = (one.startswith(wanted.prefix, autoescape=True) for one in (Case.region, Case.handled_in))
    return or_(*within)


def _accounts(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(StaffEvent).where(StaffEvent.region.startswith(wanted.prefix, autoescape=True))
    for one in session.scalars(_of(asked, wanted, StaffEvent.actor, StaffEvent.id, StaffEvent.asked_by)):
        what = f"hub.audit.act.{one.act}"
        yield Entry(one.at, one.actor, "accounts", what, one.about, one.detail, one.region, one.asked_by)


def _looks(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(PictureView, Case.number, Case.region).join(Case, Case.id == PictureView.case_id)
    asked = asked.where(_case_here(wanted))
    for one, number, region in session.execute(_of(asked, wanted, PictureView.staff, PictureView.id)):
        yield Entry(one.seen_at, one.staff, "looks", "hub.audit.act.looked", number, one.what, region)


def _decided(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(ClerkDecision, Case.number, Case.region).join(Case, Case.id == ClerkDecision.case_id)
    asked = asked.where(_case_here(wanted))
    for one, number, region in session.execute(_of(asked, wanted, ClerkDecision.staff, ClerkDecision.id)):
        yield Entry(one.decided_at, one.staff, "cases", "hub.audit.act.decided", number, one.outcome, region)


def _went_on(session: Session, wanted: Wanted, kind: Kind, acts: tuple[str, ...]) -> Iterator[Entry]:
    asked = select(CaseStep, Case.number, Case.region).join(Case, Case.id == CaseStep.case_id)
    asked = asked.where(CaseStep.kind == "clerk", CaseStep.act.in_(acts), _case_here(wanted))
    for one, number, region in session.execute(_of(asked, wanted, CaseStep.actor, CaseStep.id)):
        yield Entry(one.at, one.actor, kind, f"hub.act.{one.act}", number, one.reason, region)


def _passed_on(session: Session, wanted: Wanted) -> Iterator[Entry]:
    return _went_on(session, wanted, "cases", _COURSE_ACTS)


def _stopped(session: Session, wanted: Wanted) -> Iterator[Entry]:
    return _went_on(session, wanted, "clocks", _CLOCK_ACTS)


def _sealed(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(SealUse, Case.region, Seal.unit).join(Case, Case.id == SealUse.case_id)
    asked = asked.join(Seal, Seal.id == SealUse.seal_id).where(_case_here(wanted))
    for one, region, unit in session.execute(_of(asked, wanted, SealUse.actor, SealUse.id)):
        yield Entry(one.used_at, one.actor, "papers", "hub.audit.act.sealed", one.certificate, unit, region)


def _seals_ended(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(Seal).where(Seal.ended_at.is_not(None), Seal.region.startswith(wanted.prefix, autoescape=True))
    for one in session.scalars(_of(asked, wanted, Seal.ended_by, Seal.ended_at)):
        what, why = f"hub.audit.act.seal_{one.state}", one.ended_why or ""
        yield Entry(one.ended_at or one.made_at, one.ended_by or "", "papers", what, one.id, why, one.region)


def _certificates(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(CertificateEvent, Certificate.identifier, Certificate.region).join(
        Certificate, Certificate.id == CertificateEvent.certificate_id
    )
    by_staff = ~CertificateEvent.actor.startswith(RULE)
    asked = asked.where(by_staff, Certificate.region.startswith(wanted.prefix, autoescape=True))
    for one, identifier, region in session.execute(_of(asked, wanted, CertificateEvent.actor, CertificateEvent.id)):
        yield Entry(one.at, one.actor, "papers", f"hub.audit.act.{one.what}", identifier, one.reason, region)


def _extended(session: Session, wanted: Wanted) -> Iterator[Entry]:
    here = RegionExtension.prefix.startswith(wanted.prefix, autoescape=True)
    asked, shown = select(RegionExtension).where(here), "hub.audit.act.extended"
    for one in session.scalars(_of(asked, wanted, RegionExtension.staff, RegionExtension.id)):
        yield Entry(one.made_at, one.staff, "clocks", shown, one.days, one.reason, one.region)
    asked = asked.where(RegionExtension.ended_at.is_not(None))
    for one in session.scalars(_of(asked, wanted, RegionExtension.ended_by, RegionExtension.ended_at)):
        by, why = one.ended_by or "", one.ended_why or ""
        what = "hub.audit.act.unextended"
        yield Entry(one.ended_at or one.made_at, by, "clocks", what, one.days, why, one.region)


def _shared(session: Session, wanted: Wanted) -> Iterator[Entry]:
    """The data officer decides for a whole province, so it is read by whoever watches over one."""
    if len(wanted.prefix) > PROVINCE_DIGITS:
        return
    for one in session.scalars(_of(select(DataStep), wanted, DataStep.staff, DataStep.id)):
        about = f"{one.source} {one.purpose}".strip()
        said = f"{one.reason}（{'、'.join(map(str, one.fields))}）" if one.fields else one.reason
        what = f"hub.audit.act.data_{one.act}"
        yield Entry(one.at, one.staff, "sharing", what, about, said, wanted.prefix)


def _refunded(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(PaymentStep, Case.number, Case.region, PaymentOrder.received_fen)
    asked = asked.join(PaymentOrder, PaymentOrder.id == PaymentStep.order_id).join(
        Case, Case.id == PaymentOrder.case_id
    )
    by_staff = PaymentStep.event == "ask_refund", PaymentStep.actor != RULE
    asked = asked.where(*by_staff, _case_here(wanted))
    for one, number, region, fen in session.execute(_of(asked, wanted, PaymentStep.actor, PaymentStep.id)):
        yield Entry(one.at, one.actor, "money", "hub.audit.act.refunded", number, yuan(fen), region)


def _answered(session: Session, wanted: Wanted) -> Iterator[Entry]:
    asked = select(RatingStep, Case.number, RatingTicket.region)
    asked = asked.join(RatingTicket, RatingTicket.id == RatingStep.ticket_id).join(
        Case, Case.id == RatingTicket.case_id
    )
    asked = asked.where(RatingStep.actor != "", RatingTicket.region.startswith(wanted.prefix, autoescape=True))
    for one, number, region in session.execute(_of(asked, wanted, RatingStep.actor, RatingStep.id)):
        yield Entry(one.at, one.actor, "ratings", f"hub.ratings.act.{one.act}", number, one.words, region)


_SOURCES: Final[Mapping[Kind, tuple[Callable[[Session, Wanted], Iterator[Entry]], ...]]] = {
    "accounts": (_accounts,),
    "cases": (_decided, _passed_on),
    "looks": (_looks,),
    "papers": (_sealed, _seals_ended, _certificates),
    "clocks": (_stopped, _extended),
    "sharing": (_shared,),
    "money": (_refunded,),
    "ratings": (_answered,),
}
