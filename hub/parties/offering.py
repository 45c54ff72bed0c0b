"""What waits for somebody's word, as their terminal offers it once their card is laid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hub.cases import payload_of
from hub.casework.joining import name_of
from hub.hub import Hub
from hub.parties.standing import PARTIES, item_of, subject_in
from hub.parties.tables import CaseParty
from hub.tables import Case
from offline.wire.prefill import MOST_OPTIONS, PrefillOption
from offline.wire.trouble import WireTrouble
from seeds.form import FormField

OPTIONS: Final = "confirmations"
"""The name under which the item of confirmations asks for them."""
_CHARS: Final = 200
_FEN: Final = 100


def confirmations(session: Session, hub: Hub, number: str, *, proven: bool) -> tuple[PrefillOption, ...]:
    """The cases that wait for this person, and those that ended without them; what is in them only to whom is sure.

    A card alone tells no more than a look-up by card does: that there is something, from whom, and until when.
    """
    since = hub.clock() - timedelta(days=hub.settings.word_days)
    waits = and_(Case.state == "waiting", Case.waits_for == PARTIES)
    ended = and_(Case.state.in_(("refused", "withdrawn")), Case.decided_at > since)
    wanted = select(CaseParty, Case).join(Case, Case.id == CaseParty.case_id)
    wanted = wanted.where(CaseParty.subject == subject_in(hub, number), CaseParty.answer == "asked", or_(waits, ended))
    rows = session.execute(wanted.order_by(Case.waits_for.is_(None), CaseParty.due_on, Case.id).limit(MOST_OPTIONS))
    return tuple(_option(session, hub, party, case, proven) for party, case in rows)


def _option(session: Session, hub: Hub, party: CaseParty, case: Case, proven: bool) -> PrefillOption:
    item = item_of(hub, case.item)
    parties = None if item is None else item.parties
    role = "" if parties is None else parties.applicant.zh_hans
    name = f"{name_of(hub, case.item)}（{role}{case.masked_name}）"[:_CHARS]
    if case.state != "waiting":
        # What a clerk has written is for those who have a part in it, and a card may lie there that was found.
        told = [one for one in case.reasons if proven or not str(one["code"]).startswith("clerk_")]
        ended = "；".join(str(one["text"]) for one in told) or hub.texts(f"hub.case.{case.state}")
        return PrefillOption(value=case.event_id, name=name, detail=ended[:_CHARS], left=0)
    due = hub.texts("hub.party.until", due=f"{party.due_on.month}月{party.due_on.day}日")
    shown = "，".join((*_shown(session, hub, case), due)) if proven else due
    return PrefillOption(value=case.event_id, name=name, detail=shown[:_CHARS])


def _shown(session: Session, hub: Hub, case: Case) -> Iterator[str]:
    """Of the form what the item lets the others see."""
    item = item_of(hub, case.item)
    if item is None or item.parties is None:
        return
    try:
        form = payload_of(session, hub, case).get("form")
    except WireTrouble:
        return
    fields = {field.name: field for field in item.form}
    for name in item.parties.shows:
        value = form.get(name) if isinstance(form, Mapping) else None
        if value is not None:
            yield f"{fields[name].label.zh_hans} {_value(fields[name], value)}"


def _value(field: FormField, value: object) -> str:
    if field.unit == "fen" and isinstance(value, int):
        return f"{value // _FEN:,}.{value % _FEN:02d}元"
    return next((choice.label.zh_hans for choice in field.choices if choice.value == value), str(value))
