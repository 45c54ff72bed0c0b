"""What of a case's course its resident must hear, and what she has heard before she left the terminal."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.casework.joining import name_of
from hub.casework.state import SETTLED
from hub.casework.tables import CaseNeed
from hub.gateway.words import SOURCE
from hub.hub import Hub
from hub.notices.course import Kind
from hub.notices.making import notify, over
from hub.notices.slips import end_paper
from hub.parties.standing import PARTIES, WORD
from hub.parties.telling import tell_over
from hub.referrals.words import OUTSIDE
from hub.reviews.standing import review_of
from hub.tables import Case
from seeds.trouble import UnknownItem

_OWN_DOING: Final = "withdrawn"
_VISIT: Final = "visit"
_LATER: Final = "later"
_SCAN_REFUSED: Final = "scan_refused"


def notify_conclusion(session: Session, hub: Hub, case: Case) -> None:
    """A case was taken a step on: its end is to be heard, and what it waits for from who applied."""
    said = "；".join(str(reason["text"]) for reason in case.reasons)
    if case.state in SETTLED:
        tell_over(session, hub, case)
        over(session, hub, case)
    if case.state == "waiting" and case.waits_for in (SOURCE, OUTSIDE, PARTIES, WORD):
        return  # nobody has to do anything about it
    if case.state == "waiting" and case.waits_for == _VISIT and case.identity_way == _LATER:
        notify_refused_picture(session, hub, case, f"{case.id}:{case.waits_for}")
    elif case.state == "waiting":
        kind: Kind = "picture" if _SCAN_REFUSED in {reason.get("code") for reason in case.reasons} else "papers"
        asked = select(func.max(CaseNeed.id)).where(CaseNeed.case_id == case.id)
        occasion = f"{case.id}:{case.waits_for}:{session.scalar(asked) or 0}"
        notify(session, hub, case, kind, occasion, said)
    elif case.state in SETTLED and case.state != _OWN_DOING and not _heard_while_waiting(hub, case):
        words = hub.texts(f"hub.outcome.{case.state}")
        whose = f"{name_of(hub, case.item)}：" if case.parent_id else ""
        again = ":review" if review_of(session, case) is not None else ""  # the same word may be said a second time
        notify(session, hub, case, "decision", f"{case.id}:{case.state}{again}", f"{whose}{words}{said}")


def notify_refused_picture(session: Session, hub: Hub, case: Case, occasion: str) -> None:
    """A picture or scan of the case was refused: what to do now. The reason stands with the case; once an occasion."""
    notify(session, hub, case, "picture", occasion, hub.texts("hub.notice.picture"))


def notify_paper(session: Session, hub: Hub, case: Case, title: str, version: int) -> None:
    """A certificate is ready to be printed, and nobody waited for it at a terminal."""
    if not _heard_while_waiting(hub, case):
        words = hub.texts("hub.notice.slip.paper", title=title)
        end_paper(session, hub, case)  # of an earlier version
        notify(session, hub, case, "slip", f"{case.id}:paper:{version}", words)


def _heard_while_waiting(hub: Hub, case: Case) -> bool:
    """Whether the terminal still waited for the answer when it came."""
    try:
        at_once = hub.catalogue.item(case.item).answer == "at_once"
    except UnknownItem:
        return False
    return at_once and hub.clock() - case.applied_at <= timedelta(seconds=hub.settings.notice_at_once_s)
