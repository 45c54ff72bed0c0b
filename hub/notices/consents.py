"""Takes the word of who agrees to be written to, or stops it: by an application of its own, like everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.cases import payload_of
from hub.hub import Hub
from hub.notices.contacts import contact_aad, end_contact
from hub.notices.tables import NoticeContact
from hub.tables import Case
from offline.wire.sealing import seal
from offline.wire.trouble import WireTrouble
from seeds.item import ContactTemplate
from seeds.trouble import UnknownItem

WANTED: Final = "yes"
_MOBILE: Final = re.compile(r"1[0-9]{10}", re.ASCII)


def apply_contact(session: Session, hub: Hub, case: Case) -> None:
    """Takes the wish of an approved case, in the transaction that approves it; the latest wish stands."""
    template = _template(hub, case)
    if template is None:
        return
    try:
        form = payload_of(session, hub, case).get("form")
    except WireTrouble:
        return  # nobody can say what was wished for
    if not isinstance(form, Mapping):
        return
    number = form.get(template.number)
    row = session.get(NoticeContact, case.subject, with_for_update=True)
    if row is not None and row.case_id >= case.id:
        return  # an older wish that was decided late
    if form.get(template.want) != WANTED:
        end_contact(session, hub, case.subject, "withdrawn")
        return
    if not isinstance(number, str) or _MOBILE.fullmatch(number) is None:
        return  # the rule let something through that it should not have
    sealed = seal({"number": number}, hub.keys.sealing_public, contact_aad(case.subject))
    fresh = {"number_sealed": sealed, "case_id": case.id, "agreed_at": hub.clock(), "ended_at": None, "ended_why": ""}
    session.merge(NoticeContact(subject=case.subject, **fresh))
    session.flush()


def _template(hub: Hub, case: Case) -> ContactTemplate | None:
    try:
        return hub.catalogue.item(case.item).contact
    except UnknownItem:
        return None
