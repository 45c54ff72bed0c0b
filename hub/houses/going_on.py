"""A list that was put right: the cases that lay before a person because of it go to their rule once more."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from hub.answers import lock_cases
from hub.casework.joining import join_whole
from hub.casework.state import By
from hub.casework.steps import before_its_rule_again, move
from hub.gateway.tables import DataWait
from hub.houses.standing import reads_list
from hub.houses.tables import HouseEntry
from hub.houses.taking import READY
from hub.hub import Hub
from hub.tables import Case, DecisionRecord

_BY_THE_LIST: Final = frozenset(("on_the_list", "sold_once", "house_taken", "source_silent"))
"""For these reasons a case waits for the list and not for anything else."""
_MOST: Final = 20


def go_on_with_all(hub: Hub) -> None:
    """The same for everybody whose home became free since a person was asked: a replica may have died meanwhile."""
    items = [item.id for item in hub.catalogue.items if reads_list(item)]
    wanted = select(HouseEntry.subject, HouseEntry.developer).join(Case, Case.subject == HouseEntry.subject)
    wanted = wanted.where(HouseEntry.state == READY, HouseEntry.case_id.is_(None), Case.item.in_(items))
    wanted = wanted.where(Case.state == "in_review", HouseEntry.changed_at >= Case.decided_at).distinct()
    with hub.database.reading() as session:
        found = session.execute(wanted.limit(_MOST)).all()
    for subject, developer in found:
        go_on(hub, subject, developer)


def go_on(hub: Hub, subject: str, developer: str) -> None:
    """Puts what a person had filed before their rules again, and asks for those that still wait for the list now."""
    items = [item.id for item in hub.catalogue.items if reads_list(item)]
    wanted = select(Case.id).where(Case.subject == subject, Case.item.in_(items), Case.parent_id.is_not(None))
    with hub.database.reading() as session:
        open_ids = session.scalars(wanted.where(Case.state.in_(("in_review", "waiting"))).limit(_MOST)).all()
    words = hub.texts("hub.houses.list_came")
    for case_id in open_ids:
        with hub.database.writing() as session:
            (case,) = lock_cases(session, {case_id})
            wait = session.get(DataWait, case_id, with_for_update=True)
            if wait is not None and wait.next_at is not None:
                wait.next_at = hub.clock()
            record = session.get(DecisionRecord, case_id)
            # By what brought it to a person: since then a clerk may have asked for a paper, or stopped its clock.
            said = case.reasons if record is None else record.reasons
            why = {str(one.get("code")) for one in said if isinstance(one, dict)}
            if case.state != "in_review" or not why & _BY_THE_LIST:
                continue
            if record is not None:  # what it said stands in the case's journal
                session.delete(record)
            move(session, hub, case, "list_came", By("party", developer), reason=words)
            case.reasons = [{"code": "list_came", "text": words}]
            before_its_rule_again(session, case_id)
            join_whole(session, hub, case)
    hub.work.set()
