"""What a clerk does with a case short of deciding it: stop its clock, pass it on, hand it to a colleague."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, conclude, lock_cases
from hub.casework.papers import PAPERS, ask, ask_text, asked, bring
from hub.casework.placing import casework_of, pass_on
from hub.casework.state import By, may
from hub.casework.steps import hold, let_go, move
from hub.desk import DeskTrouble, is_before
from hub.hub import Hub
from hub.identity.roles import CLERK, region_prefix
from hub.staff import SignedIn
from hub.tables import Case, StaffAccount
from hub.withdrawals import read_addressee
from seeds.trouble import SeedTrouble

_ASKED_AT_ONCE: Final = 5
_TITLE_CHARS: Final = 40
Doing = Callable[[Session, Case, Addressee | None], DeskTrouble | None]


def pause(hub: Hub, case_id: int, who: SignedIn, procedure: str, reason: str) -> DeskTrouble | None:
    """Stops the clock for a special procedure that the item allows."""

    def doing(session: Session, case: Case, addressee: Addressee | None) -> DeskTrouble | None:
        if procedure not in casework_of(hub, case.item).procedures:
            return DeskTrouble("hub.desk.trouble.procedure", 422)
        if case.waits_for is not None:
            return DeskTrouble("hub.desk.trouble.paused", 409)
        move(session, hub, case, "pause", By("clerk", who.name), reason=reason)
        hold(session, hub, case, procedure, reason)
        words = hub.texts("hub.casework.paused", procedure=hub.texts(f"hub.procedure.{procedure}"), reason=reason)
        return _told(session, hub, case, addressee, "paused", words)

    return desk_act(hub, case_id, who, "pause", reason, doing)


def resume(hub: Hub, case_id: int, who: SignedIn, reason: str) -> DeskTrouble | None:
    """Lets the clock go on after a special procedure."""

    def doing(session: Session, case: Case, addressee: Addressee | None) -> DeskTrouble | None:
        if case.waits_for is None:
            return DeskTrouble("hub.desk.trouble.running", 409)
        move(session, hub, case, "resume", By("clerk", who.name), reason=reason)
        let_go(session, hub, case)
        return _told(session, hub, case, addressee, "resumed", hub.texts("hub.casework.resumed", reason=reason))

    return desk_act(hub, case_id, who, "resume", reason, doing)


def ask_papers(hub: Hub, case_id: int, who: SignedIn, titles: str, reason: str) -> DeskTrouble | None:
    """Has the resident bring papers; the case waits for them, and its clock stands."""
    wanted = [title for part in titles.split("、") if (title := " ".join(part.split()))]
    if not 0 < len(wanted) <= _ASKED_AT_ONCE or any(len(title) > _TITLE_CHARS for title in wanted):
        return DeskTrouble("hub.desk.trouble.papers", 422)

    def doing(session: Session, case: Case, addressee: Addressee | None) -> DeskTrouble | None:
        if case.waits_for is not None:
            return DeskTrouble("hub.desk.trouble.paused", 409)
        asked_for = asked(session, hub, case, wanted)
        ask(session, hub, case, asked_for)
        reasons = [{"code": "asked", "text": ask_text(hub, asked_for, reason)}]
        by = By("clerk", who.name)
        conclude(session, hub, case, "ask_papers", by, reasons, addressee, waits_for=PAPERS)
        return None

    return desk_act(hub, case_id, who, "ask_papers", reason, doing)


def note_work(hub: Hub, case_id: int, who: SignedIn, words: str) -> DeskTrouble | None:
    """What was done about a report so far, in words for who made it."""

    def doing(session: Session, case: Case, addressee: Addressee | None) -> DeskTrouble | None:
        move(session, hub, case, "note", By("clerk", who.name), reason=words)
        return _told(session, hub, case, addressee, "worked_on", words)

    return desk_act(hub, case_id, who, "note", words, doing)


def take_paper(hub: Hub, case_id: int, who: SignedIn, document: str) -> DeskTrouble | None:
    """A paper that was brought to the clerk's own counter."""

    def doing(session: Session, case: Case, addressee: Addressee | None) -> DeskTrouble | None:
        done = bring(session, hub, case, {document: "counter"}, By("clerk", who.name), who.name, addressee)
        return None if done else DeskTrouble("hub.desk.trouble.not_wanted", 409)

    return desk_act(hub, case_id, who, "bring_paper", hub.texts("hub.needs.take"), doing)


def transfer(hub: Hub, case_id: int, who: SignedIn, unit_id: str, reason: str) -> DeskTrouble | None:
    """Passes the case to another unit; whoever applied goes nowhere and loses no day."""

    def doing(session: Session, case: Case, _: Addressee | None) -> DeskTrouble | None:
        try:
            unit = hub.units.named(unit_id)
        except SeedTrouble:
            return DeskTrouble("hub.desk.trouble.unit", 422)
        if unit.id == case.unit:
            return DeskTrouble("hub.desk.trouble.unit", 422)
        pass_on(session, hub, case, unit, By("clerk", who.name), reason)
        return None

    return desk_act(hub, case_id, who, "transfer", reason, doing)


def hand_over(hub: Hub, case_id: int, who: SignedIn, colleague: str, reason: str) -> DeskTrouble | None:
    """Gives the case to a clerk who works for its division; oneself, to take it."""

    def doing(session: Session, case: Case, _: Addressee | None) -> DeskTrouble | None:
        account = session.get(StaffAccount, colleague)
        works = account is not None and account.role == CLERK and account.closed_at is None
        if account is None or not works or not case.handled_in.startswith(region_prefix(account.region)):
            return DeskTrouble("hub.desk.trouble.colleague", 422)
        move(session, hub, case, "hand_over", By("clerk", who.name), reason=f"→ {colleague}：{reason}")
        case.clerk = colleague
        return None

    return desk_act(hub, case_id, who, "hand_over", reason, doing)


def desk_act(hub: Hub, case_id: int, who: SignedIn, act: str, reason: str, doing: Doing) -> DeskTrouble | None:
    """One act in one transaction over the locked case; nothing is done without a reason."""
    if not (reason := " ".join(reason.split())):
        return DeskTrouble("hub.desk.trouble.why", 422)
    if len(reason) > hub.settings.desk_reason_chars:
        return DeskTrouble("hub.desk.trouble.long", 422)
    with hub.database.reading() as session:  # the answer's key is slow to make: before any lock
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        if not may(case.state, act, "clerk"):
            return DeskTrouble("hub.desk.trouble.decided", 409)
        if not is_before(hub, case, who):
            return DeskTrouble("hub.desk.trouble.elsewhere", 409)
        return doing(session, case, addressee)


def _told(
    session: Session, hub: Hub, case: Case, addressee: Addressee | None, code: str, words: str
) -> DeskTrouble | None:
    case.reasons = [{"code": code, "text": words[:300]}]
    session.flush()
    if addressee is not None:
        answer(session, hub, case, addressee)
    return None
