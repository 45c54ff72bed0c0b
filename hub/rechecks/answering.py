"""What a clerk says of a decision that was drawn, and what follows where it was wrong."""

from __future__ import annotations

from typing import Literal

from hub.answers import lock_cases
from hub.casework.state import By
from hub.casework.steps import note
from hub.desk import DeskTrouble, is_before
from hub.hub import Hub
from hub.rechecks.hands import is_own
from hub.rechecks.tables import CaseRecheck
from hub.reviews.asking import Asked, ask
from hub.staff import SignedIn
from hub.tables import Case
from hub.withdrawals import read_addressee

Word = Literal["right", "wrong"]


def answer_recheck(hub: Hub, case_id: int, who: SignedIn, word: Word, reason: str) -> DeskTrouble | None:
    """Takes the first answer. A wrong refusal goes back to a person as if she had asked; a wrong approval stands, since
    nobody loses what was granted without being heard, and is a ticket to those above."""
    reason = " ".join(reason.split())
    if word == "wrong" and not reason:
        return DeskTrouble("hub.desk.trouble.why", 422)
    if len(reason) > hub.settings.desk_reason_chars:
        return DeskTrouble("hub.desk.trouble.long", 422)
    with hub.database.reading() as session:  # the answer's key is slow to make: before any lock
        addressee = read_addressee(session, hub, session.get_one(Case, case_id)) if word == "wrong" else None
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get(CaseRecheck, case_id, with_for_update=True, populate_existing=True)
        if row is None or not is_before(hub, case, who):
            return DeskTrouble("hub.desk.trouble.not_drawn", 409)
        if row.word:
            said_so = (row.word, row.staff) == (word, who.name)  # pressed twice
            return None if said_so else DeskTrouble("hub.desk.trouble.rechecked", 409)
        if is_own(session, case, who):
            return DeskTrouble("hub.desk.trouble.own_recheck", 409)
        now, by = hub.clock(), By("clerk", who.name)
        row.word, row.reason, row.staff, row.answered_at = word, reason, who.name, now
        note(session, hub, case, f"recheck_{word}", by, case.state, reason)
        if word == "wrong":
            came = ask(session, hub, case, Asked(reason="other"), "recheck", addressee, by)
            row.followed = "ticket" if came == "not_open" else "review"
            row.settled_at = now if row.followed == "review" else None
    return None


def settle_recheck(hub: Hub, case_id: int, who: SignedIn, done: str) -> str:
    """Writes down what was done about a ticket; the text id of why not, or nothing."""
    done = " ".join(done.split())
    if not done:
        return "hub.desk.trouble.why"
    if len(done) > hub.settings.desk_reason_chars:
        return "hub.desk.trouble.long"
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get(CaseRecheck, case_id, with_for_update=True, populate_existing=True)
        if row is None or row.followed != "ticket":
            return "hub.desk.trouble.not_drawn"
        if row.settled_at is not None:
            return "" if (row.done, row.settled_by) == (done, who.name) else "hub.desk.trouble.rechecked"
        row.done, row.settled_by, row.settled_at = done, who.name, hub.clock()
        note(session, hub, case, "recheck_settled", By("clerk", who.name), case.state, done)
    return ""
