"""A clerk refuses a scan that is not readable or not the paper: it is asked for again, and the resident told why."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, conclude
from hub.attachments.tables import CaseAttachment
from hub.casework.desk_acts import desk_act
from hub.casework.needs import needs
from hub.casework.papers import PAPERS, again, ask, ask_text
from hub.casework.state import By
from hub.casework.steps import move
from hub.desk import DeskTrouble
from hub.hub import Hub
from hub.notices.making import notify
from hub.staff import SignedIn
from hub.tables import Case


def refuse_scan(hub: Hub, case_id: int, who: SignedIn, attachment_id: int, reason: str) -> DeskTrouble | None:
    """Once; the paper is wanted again until a day, as any paper that a clerk asks for."""

    def doing(session: Session, case: Case, addressee: Addressee | None) -> DeskTrouble | None:
        one = session.get(CaseAttachment, attachment_id, with_for_update=True)
        if one is None or one.case_id != case.id or one.kind != "scan" or one.refused_at is not None:
            return DeskTrouble("hub.desk.trouble.not_refusable", 409)
        waits = case.waits_for == PAPERS
        if case.waits_for is not None and not waits:
            return DeskTrouble("hub.desk.trouble.paused", 409)
        words = " ".join(reason.split())
        one.refused_at, one.refused_by, one.refused_why = hub.clock(), who.name, words
        wanted = (again(session, hub, case, one.name),)
        asked_before = any(need.document == one.name for need in needs(session, case.id))
        ask(session, hub, case, wanted)
        by, reasons = By("clerk", who.name), [{"code": "scan_refused", "text": ask_text(hub, wanted, words)}]
        if not waits:
            conclude(session, hub, case, "ask_papers", by, reasons, addressee, waits_for=PAPERS)
        if waits or asked_before:  # what a case begins to wait for is told by that
            notify(session, hub, case, "papers", f"{case.id}:again:{one.id}", reasons[0]["text"])
        if not waits:
            return None
        move(session, hub, case, "note", by, reason=words)
        case.reasons = reasons
        session.flush()
        if addressee is not None:
            answer(session, hub, case, addressee)
        return None

    return desk_act(hub, case_id, who, "note", reason, doing)
