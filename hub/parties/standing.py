"""How the parties of a case stand, and what each of them may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.parties.shape import Answer, Party, next_of
from hub.parties.tables import CaseParty, PartyWord
from hub.tables import Case
from offline.wire.changes import PartySeen
from offline.wire.claims import subject_of
from seeds.item import Item
from seeds.parties import Parties
from seeds.trouble import UnknownItem

CONFIRMED: Final = "cn.zhizhu.case.confirmed.v1"
"""The event by which a party says yes or no; its item is in the catalogue."""
PARTIES: Final = "parties"
"""What a case waits for that somebody has not confirmed yet."""
WORD: Final = "word"
"""What a confirmation waits for until it is joined to its case."""


def item_of(hub: Hub, item_id: str) -> Item | None:
    """The item; None for a theme, and for one that the catalogue no longer knows."""
    try:
        return hub.catalogue.item(item_id)
    except UnknownItem:
        return None


def parties_of(hub: Hub, item_id: str) -> Parties | None:
    """Who has to confirm such a case; None where nobody has."""
    item = item_of(hub, item_id)
    return None if item is None else item.parties


def is_word(hub: Hub, item_id: str) -> bool:
    """Whether such a case is somebody's word on another."""
    item = item_of(hub, item_id)
    return item is not None and item.event_type == CONFIRMED


def rows_of(session: Session, case_id: int) -> Sequence[CaseParty]:
    """Everybody who was asked, in order."""
    return session.scalars(select(CaseParty).where(CaseParty.case_id == case_id).order_by(CaseParty.id)).all()


def shape_of(rows: Sequence[CaseParty]) -> tuple[Party, ...]:
    """The same without a database."""
    return tuple(Party(row.role, row.subject, cast("Answer", row.answer)) for row in rows)


def unconfirmed(session: Session, hub: Hub, case: Case) -> bool:
    """Whether somebody's yes is missing: then nobody, rule or clerk, may approve the case."""
    return parties_of(hub, case.item) is not None and next_of(shape_of(rows_of(session, case.id))) != "decide"


def role_text(hub: Hub, item_id: str, role: str) -> str:
    """What a party is called."""
    parties = parties_of(hub, item_id)
    named = () if parties is None else parties.others
    return next((one.words.zh_hans for one in named if one.role == role), role)


def waiting_text(hub: Hub, case: Case, rows: Sequence[CaseParty]) -> str:
    """For whom the case waits, and until when."""
    left = [row for row in rows if row.answer == "asked"]
    who = "、".join(f"{role_text(hub, case.item, row.role)}（{row.masked}）" for row in left)
    due = min(row.due_on for row in left)
    return hub.texts("hub.party.waits", who=who, due=f"{due.month}月{due.day}日")[:300]


def word_of(session: Session, case: Case) -> PartyWord | None:
    """The word that this case is, if it is one."""
    return session.get(PartyWord, case.id)


def target_of(session: Session, hub: Hub, case: Case) -> Case | None:
    """The case on which this one is a word that counts; None for every other, so that no stranger sees it."""
    if not is_word(hub, case.item):
        return None
    word = word_of(session, case)
    if word is None or word.state != "counted" or word.target_id is None:
        return None
    return session.get(Case, word.target_id)


def role_in(session: Session, target: Case, word: Case) -> str:
    """As what whoever said the word has a part in the case."""
    row = session.scalars(
        select(CaseParty).where(CaseParty.case_id == target.id, CaseParty.word_id == word.id)
    ).one_or_none()
    return "" if row is None else row.role


def paid_with(session: Session, hub: Hub, case: Case) -> Case | None:
    """The case whose order whoever has this one is to pay: mostly itself; of several parties one pays for all."""
    target = target_of(session, hub, case)
    parties = parties_of(hub, case.item if target is None else target.item)
    pays = None if parties is None else parties.pays
    if target is None:
        return case if pays is None else None
    return target if pays is not None and pays == role_in(session, target, case) else None


def holder_case(session: Session, hub: Hub, case: Case) -> Case:
    """The case of the person whose certificate it becomes: the party's own word, or the application itself."""
    parties = parties_of(hub, case.item)
    if parties is None or parties.holds is None:
        return case
    row = next((one for one in rows_of(session, case.id) if one.role == parties.holds), None)
    return case if row is None or row.word_id is None else session.get_one(Case, row.word_id)


def parties_seen(session: Session, hub: Hub, case: Case) -> tuple[PartySeen, ...]:
    """Everybody with a part in it and how far they are, masked; the same for all of them."""
    case = target_of(session, hub, case) or case
    parties = parties_of(hub, case.item)
    if parties is None:
        return ()
    rows = rows_of(session, case.id)
    first = PartySeen(
        role=parties.applicant.zh_hans,
        masked=case.masked_name,
        state="confirmed",
        text=hub.texts("hub.party.applied"),
    )
    seen = [
        PartySeen(
            role=role_text(hub, case.item, row.role),
            masked=row.masked,
            state=cast("Answer", row.answer),
            text=hub.texts(f"hub.party.{row.answer}"),
        )
        for row in rows
    ]
    return (first, *seen)


def subject_in(hub: Hub, number: str) -> str:
    """The keyed hash by which a number is known here."""
    return subject_of(hub.keys.subject_index, number)
