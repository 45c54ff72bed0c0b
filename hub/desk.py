"""The clerk's desk: the cases that wait for a person, what such a case shows, and what the person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, conclude, lock_cases
from hub.applications import Application
from hub.blobs import read_blob
from hub.cases import payload_of
from hub.casework.placing import casework_of
from hub.casework.state import By, may
from hub.casework.vouching import vouch, wants_its_rule
from hub.explanation import CaseRow, case_row, picture_standing
from hub.houses.standing import in_doubt
from hub.hub import Hub
from hub.moments import local_text
from hub.parties.standing import WORD, unconfirmed
from hub.payments.following import unpaid
from hub.payments.orders import order_of
from hub.payments.state import UNPAID
from hub.referrals.words import OUTSIDE
from hub.staff import SignedIn
from hub.tables import Blob, Case, ClerkDecision, PictureView, Terminal
from hub.withdrawals import read_addressee
from offline.wire.attachment import LaterPicture, open_attachment
from offline.wire.trouble import WireTrouble
from seeds.identifiers import mask_number

Outcome = Literal["approve", "visit", "refuse"]
Vouching = Literal["vouch"]
"""The yes to a case that its rule has not seen; a word of its own, or pressed twice it would approve what came back."""
Shown = Literal["taken", "card"]
OPEN: Final = ("in_review", "waiting")
_ACTS: Final[dict[Outcome, str]] = {"approve": "clerk_approve", "visit": "clerk_visit", "refuse": "clerk_refuse"}
_WAITS: Final[dict[Outcome, str]] = {"approve": "", "visit": "visit", "refuse": ""}
_JPEG: Final = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the desk's list."""

    row: CaseRow
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """Who applied, as far as a clerk needs it to compare."""

    name: str
    masked_number: str
    birth: str


@dataclass(frozen=True, slots=True)
class DeskTrouble:
    """Why a decision was not taken: a text id, and the status a browser is told."""

    text: str
    status: int


def waiting_cases(session: Session, hub: Hub, prefix: str, state: str) -> list[Waiting]:
    """The cases that lie in a division and wait for a person: the soonest due first, those that stand still last."""
    wanted = select(Case, Terminal).join(Terminal, Terminal.id == Case.terminal_id)
    here = Case.handled_in.startswith(prefix, autoescape=True)
    wanted = wanted.where(here, Case.state == state, Case.item.not_in(list(hub.themes.by_id)))
    order = (Case.due_on.is_(None), Case.due_on, Case.id)
    rows = session.execute(wanted.order_by(*order).limit(hub.settings.desk_queue))
    return [
        Waiting(case_row(hub, case, terminal), picture_standing(session, case) == "here") for case, terminal in rows
    ]


def applied_in(session: Session, hub: Hub, case: Case) -> Applied | None:
    """Who applied; None when the application cannot be opened."""
    try:
        payload = payload_of(session, hub, case)
        applied = Application.model_validate(payload)
    except (WireTrouble, ValidationError):
        return None
    applicant = payload.get("applicant")
    birth = applicant.get("birth") if isinstance(applicant, dict) else None
    return Applied(
        name=applied.applicant.name,
        masked_number=mask_number(applied.applicant.id_number),
        birth=birth_text(birth if isinstance(birth, str) else ""),
    )


def birth_text(birth: str) -> str:
    """A birth date as people here read it; whatever is no date is shown as it came."""
    digits = birth.replace("-", "")
    if len(digits) != 8 or not digits.isdigit():
        return birth[:20]
    return f"{digits[:4]}年{int(digits[4:6])}月{int(digits[6:])}日"


def picture_until(session: Session, hub: Hub, case: Case) -> str:
    """The moment at which the picture is deleted though nobody has decided."""
    blob = None if case.picture_sha256 is None else session.get(Blob, (case.terminal_id, case.picture_sha256))
    return "" if blob is None else local_text(blob.begun_at + timedelta(days=hub.settings.picture_days))


def opened_picture(session: Session, hub: Hub, case: Case) -> LaterPicture | None:
    """The two pictures to compare; None when they are not here or do not open."""
    if case.picture_sha256 is None:
        return None
    sealed = read_blob(session, case.terminal_id, case.picture_sha256)
    if sealed is None:
        return None
    try:
        wanted = Application.model_validate(payload_of(session, hub, case)).identity.picture()
        if wanted is None:
            return None
        picture = LaterPicture.unpack(open_attachment(sealed, wanted.key))
    except (WireTrouble, ValidationError):
        return None
    return picture if picture.taken.startswith(_JPEG) else None


def show_picture(hub: Hub, case_id: int, who: SignedIn, what: Shown) -> LaterPicture | None:
    """Opens the pictures for somebody, and writes down that they were shown before anything is."""
    with hub.database.writing() as session:
        picture = opened_picture(session, hub, session.get_one(Case, case_id))
        if picture is not None:
            session.add(PictureView(case_id=case_id, staff=who.name, what=what, seen_at=hub.clock()))
        return picture


def decide_case(hub: Hub, case_id: int, who: SignedIn, said: Outcome | Vouching, reason: str) -> DeskTrouble | None:
    """Takes a clerk's decision once: recorded, answered, the picture deleted, all in one transaction."""
    reason = " ".join(reason.split())
    outcome: Outcome = "approve" if said == "vouch" else said
    with hub.database.reading() as session:
        asks = casework_of(hub, session.get_one(Case, case_id).item).ticket  # a report is answered in words
    if (asks or outcome != "approve") and not reason:
        return DeskTrouble("hub.desk.trouble.reason", 422)
    if len(reason) > hub.settings.desk_reason_chars:
        return DeskTrouble("hub.desk.trouble.long", 422)
    addressee = _addressee(hub, case_id)
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        if not may(case.state, _ACTS[outcome], "clerk"):
            return DeskTrouble("hub.desk.trouble.decided", 409)
        if not is_before(hub, case, who):
            return DeskTrouble("hub.desk.trouble.elsewhere", 409)
        if outcome == "approve" and (held := held_up(session, hub, case)):
            return DeskTrouble(held, 409)
        if (trouble := _unseen(session, hub, case, who, outcome)) is not None:
            return trouble
        if outcome == "approve" and wants_its_rule(session, hub, case):
            vouch(session, hub, case, By("clerk", who.name), reason, addressee)
            hub.work.set()
            return None
        if said == "vouch":
            return DeskTrouble("hub.desk.trouble.decided", 409)
        now = hub.clock()
        session.add(ClerkDecision(case_id=case_id, outcome=outcome, reason=reason, staff=who.name, decided_at=now))
        text = reason or hub.texts("hub.reason.clerk_approved")
        reasons = [{"code": f"clerk_{outcome}", "text": text}]
        by = By("clerk", who.name)
        conclude(session, hub, case, _ACTS[outcome], by, reasons, addressee, waits_for=_WAITS[outcome])
    hub.measures.clerks.labels(outcome).inc()
    return None


def held_up(session: Session, hub: Hub, case: Case) -> str:
    """Why nobody can approve the case now, as a text id; empty where a clerk can."""
    if case.waits_for in (WORD, OUTSIDE):
        return "hub.desk.trouble.outside"
    if unconfirmed(session, hub, case):
        return "hub.desk.trouble.unconfirmed"
    if wants_its_rule(session, hub, case):
        return ""
    if in_doubt(session, hub, case):
        return "hub.desk.trouble.in_doubt"
    if not unpaid(session, hub, case):
        return ""
    order = order_of(session, case.id)
    payable = order is not None and order.state in UNPAID
    return "hub.desk.trouble.unpaid" if payable else "hub.desk.trouble.no_order"


def is_before(hub: Hub, case: Case, who: SignedIn) -> bool:
    """Whether this clerk has a say: the case lies in their division; of a theme it is the parts that are decided."""
    return case.item not in hub.themes and case.handled_in.startswith(who.region_prefix)


def _unseen(session: Session, hub: Hub, case: Case, who: SignedIn, outcome: Outcome) -> DeskTrouble | None:
    """Nobody approves by a picture that is not there, and nobody approves or refuses past one they could look at."""
    if case.identity_way != "later" or outcome == "visit":
        return None
    if outcome == "approve" and picture_standing(session, case) != "here":
        return DeskTrouble("hub.desk.trouble.no_picture", 409)
    if outcome == "refuse" and opened_picture(session, hub, case) is None:
        return None  # the person may not be entitled for another reason, which is written for them
    looked = select(PictureView.id).where(
        PictureView.case_id == case.id, PictureView.staff == who.name, PictureView.what == "taken"
    )
    return None if session.scalars(looked.limit(1)).first() else DeskTrouble("hub.desk.trouble.not_looked", 409)


def _addressee(hub: Hub, case_id: int) -> Addressee | None:
    with hub.database.reading() as session:
        return read_addressee(session, hub, session.get_one(Case, case_id))
