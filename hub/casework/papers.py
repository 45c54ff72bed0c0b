"""容缺 and supplements: papers promised at the terminal or asked for by a clerk, brought later, or never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, conclude
from hub.applications import Application
from hub.casework.needs import MOST, needs, open_needs
from hub.casework.placing import casework_of
from hub.casework.state import By
from hub.casework.steps import before_its_rule_again, move
from hub.casework.tables import CaseNeed
from hub.hub import Hub
from hub.moments import local_day
from hub.tables import Case, DecisionRecord
from offline.wire.changes import CaseState
from seeds.form import Document
from seeds.trouble import UnknownItem

PAPERS: Final = "papers"
_RULE: Final = By("rule")


@dataclass(frozen=True, slots=True)
class Promise:
    """A paper that comes later: its id, its name, and the last day for it."""

    document: str
    title: str
    due_on: date


def promises(session: Session, hub: Hub, case: Case, applied: Application, signed_on: date) -> tuple[Promise, ...]:
    """What the application promises for later and nobody has brought yet; nothing once the case has waited for it.

    A paper that the item does not let come later is not waited for: the rule or a clerk sees that it is missing.
    """
    if needs(session, case.id):
        return ()
    known = _documents(hub, case.item)
    return tuple(
        Promise(one.id, known[one.id].words.zh_hans[:80], last_day(hub, signed_on, known[one.id].later_days or 0))
        for one in applied.papers()[:MOST]
        if one.source == "later" and one.id in known and known[one.id].later_days is not None
    )


def await_promised(
    session: Session, hub: Hub, case: Case, promised: Sequence[Promise], addressee: Addressee | None
) -> None:
    """The case waits for what was promised; its rule decides when the last of it is here."""
    ask(session, hub, case, promised)
    reasons = [{"code": "promised", "text": _list_text(hub, "hub.casework.promised", promised)}]
    conclude(session, hub, case, "await_papers", _RULE, reasons, addressee, waits_for=PAPERS)


def ask(session: Session, hub: Hub, case: Case, wanted: Sequence[Promise]) -> None:
    """Writes down what is to be brought and until when."""
    rule = casework_of(hub, case.item).late_papers
    asked_before = {one.document: one for one in needs(session, case.id)}
    for one in wanted:
        remind_on = max(local_day(hub.clock()), one.due_on - timedelta(days=rule.remind_days))
        if (before := asked_before.get(one.document)) is not None:  # what came was refused
            before.state, before.due_on, before.at_end, before.remind_on = "open", one.due_on, rule.at_end, remind_on
            before.reminded_at = before.brought_at = before.brought_by = before.brought_from = None
            continue
        session.add(
            CaseNeed(
                case_id=case.id,
                document=one.document,
                title=one.title,
                state="open",
                due_on=one.due_on,
                at_end=rule.at_end,
                remind_on=remind_on,
            )
        )
    session.flush()


def asked(session: Session, hub: Hub, case: Case, titles: Sequence[str]) -> tuple[Promise, ...]:
    """What a clerk asks for, by the names the clerk gives."""
    due = last_day(hub, local_day(hub.clock()), hub.settings.papers_days)
    first = len(needs(session, case.id)) + 1
    return tuple(Promise(f"asked-{first + n}", title[:80], due) for n, title in enumerate(titles))


def again(session: Session, hub: Hub, case: Case, document: str) -> Promise:
    """A paper whose scan was refused: wanted once more under its own name, for as long as it may come late."""
    known = _documents(hub, case.item).get(document)
    asked_for = next((one.title for one in needs(session, case.id) if one.document == document), document)
    days = None if known is None else known.later_days
    due = last_day(hub, local_day(hub.clock()), days or hub.settings.papers_days)
    return Promise(document, (asked_for if known is None else known.words.zh_hans)[:80], due)


def bring(
    session: Session, hub: Hub, case: Case, brought: Mapping[str, str], by: By, token: str, addressee: Addressee | None
) -> bool:
    """Takes papers in (document → how it came); with the last one the case goes on. False when none was wanted."""
    wanted = {one.document: one for one in open_needs(session, case.id)}
    taken = [wanted[document] for document in brought if document in wanted]
    if not taken:
        return False
    for one in taken:
        one.state, one.brought_at, one.brought_by = "brought", hub.clock(), token[:40]
        one.brought_from = brought[one.document]
    titles = "、".join(one.title for one in taken)
    move(session, hub, case, "bring_paper", by, reason=titles)
    left = open_needs(session, case.id)
    if left or case.state != "waiting":
        still = "、".join(one.title for one in left)
        case.reasons = [{"code": "brought", "text": hub.texts("hub.casework.brought", titles=titles, still=still)}]
        session.flush()
        if addressee is not None:
            answer(session, hub, case, addressee)
        return True
    decided = session.get(DecisionRecord, case.id) is not None
    reasons = [{"code": "complete", "text": hub.texts("hub.casework.complete", titles=titles)}]
    goal: CaseState = "in_review" if decided else "received"
    conclude(session, hub, case, "papers_complete", by, reasons, addressee, to=goal)
    if not decided:
        before_its_rule_again(session, case.id)
        hub.work.set()
    return True


def with_brought(session: Session, case: Case, payload: dict[str, object]) -> dict[str, object]:
    """The application as the rule sees it: what was promised and has come counts as it came."""
    came = {
        one.document: one.brought_from
        for one in session.scalars(select(CaseNeed).where(CaseNeed.case_id == case.id, CaseNeed.state == "brought"))
    }
    documents = payload.get("documents")
    if not came or not isinstance(documents, list):
        return payload
    papers = [
        {**one, "from": came.get(str(one.get("id")), one.get("from"))} if isinstance(one, dict) else one
        for one in documents
    ]
    return {**payload, "documents": papers}


def lapse(session: Session, hub: Hub, case: Case, late: Sequence[CaseNeed], addressee: Addressee | None) -> None:
    """What was promised has not come: the case ends by the item's rule, and says so."""
    for one in late:
        one.state = "lapsed"
    to: CaseState = "refused" if any(one.at_end == "refuse" for one in late) else "withdrawn"
    titles = "、".join(one.title for one in late)
    due = max(one.due_on for one in late)
    words = hub.texts(f"hub.casework.lapsed.{to}", titles=titles, due=_day_text(due))
    conclude(session, hub, case, "lapse", By("clock"), [{"code": "lapsed", "text": words[:300]}], addressee, to=to)


def _documents(hub: Hub, item_id: str) -> dict[str, Document]:
    try:
        return {one.id: one for one in hub.catalogue.item(item_id).documents if one.id is not None}
    except UnknownItem:
        return {}


def last_day(hub: Hub, begins: date, days: int) -> date:
    """So many days on; an end on a day when nobody works moves to the next that is worked."""
    last = begins + timedelta(days=days)
    while not hub.calendar.is_working(last):
        last += timedelta(days=1)
    return last


def _list_text(hub: Hub, text_id: str, promised: Sequence[Promise]) -> str:
    titles = "、".join(one.title for one in promised)
    return hub.texts(text_id, titles=titles, due=_day_text(min(one.due_on for one in promised)))[:300]


def ask_text(hub: Hub, wanted: Sequence[Promise], why: str) -> str:
    """What a clerk's wish says to the resident."""
    return f"{_list_text(hub, 'hub.casework.asked', wanted)}{why}"[:300]


def _day_text(day: date) -> str:
    return f"{day.month}月{day.day}日"
