"""Hands requests over and asks how far they are: outside of any transaction, in a thread of its own."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, conclude, lock_cases
from hub.applications import Application
from hub.background import BackgroundWorker
from hub.cases import payload_of
from hub.casework.state import By
from hub.hub import Hub
from hub.outside import believed, is_numbered, wait
from hub.referrals.handing import form_of
from hub.referrals.port import MOST_ROWS, PREFIX, OutsideParty, PartySilent, Reply, Request
from hub.referrals.tables import OutsideAsk
from hub.referrals.words import OUTSIDE, asked_reason, outside_of, party_name
from hub.tables import Case
from hub.vouchers.tables import Voucher
from hub.withdrawals import read_addressee
from offline.wire.trouble import WireTrouble

log = logging.getLogger(__name__)
_OPEN: Final = ("wanted", "taken")
_TEXT_CHARS: Final = 300
_ORGANISATION: Final = "organisation"
"""Beside the answers that the item lists: for which organisation it is."""


class OutsideWorker(BackgroundWorker):
    """One thread beside the decision worker: a party that does not answer holds nobody up."""

    def __init__(self, hub: Hub, parties: Mapping[str, OutsideParty]) -> None:
        self._hub = hub
        self._parties = parties
        super().__init__(f"outside-{secrets.token_hex(4)}", "questions to outside parties", hub.settings.outside_poll_s)

    def turn(self) -> bool:
        """Takes up what is due, then waits for the next round."""
        self.run_once()
        return False

    def run_once(self) -> int:
        """Takes up what is due now; returns how many cases it looked at."""
        hub = self._hub
        wanted = select(OutsideAsk.case_id).where(OutsideAsk.state.in_(_OPEN), OutsideAsk.next_at <= hub.clock())
        with hub.database.reading() as session:
            ids = session.scalars(wanted.order_by(OutsideAsk.next_at).limit(hub.settings.outside_batch)).all()
        for case_id in ids:
            self._follow(case_id)
        return len(ids)

    def _follow(self, case_id: int) -> None:
        hub = self._hub
        with hub.database.reading() as session:
            case, row = session.get_one(Case, case_id), session.get_one(OutsideAsk, case_id)
            addressee = read_addressee(session, hub, case)
            request = _request(session, hub, case)
        party = self._parties.get(row.party)
        try:
            if party is None:
                _later(hub, case_id, "doubtful", addressee)
            elif row.state == "wanted":
                _taken(hub, case_id, party.take(request), addressee)
            else:
                _told(hub, case_id, row.reference or "", party.reply(row.reference or ""), addressee)
        except PartySilent:
            _later(hub, case_id, "silent", addressee)


def _request(session: Session, hub: Hub, case: Case) -> Request:
    rule, form = outside_of(hub, case.item), form_of(session, hub, case)
    names = () if rule is None else rule.tells
    token = session.scalars(select(Voucher.token).where(Voucher.case_id == case.id)).one_or_none()
    told = {name: form[name] for name in names if name in form}
    if (acted := _organisation(session, hub, case)) is not None:
        told[_ORGANISATION] = acted  # its code only; that one may ask for it, the library or a clerk has confirmed
    return Request(key=case.number, item=case.item, form=told, voucher=token or "")


def _organisation(session: Session, hub: Hub, case: Case) -> str | None:
    try:
        acted = Application.model_validate(payload_of(session, hub, case)).organisation()
    except (WireTrouble, ValidationError):
        return None
    return None if acted is None else acted.uscc


def _taken(hub: Hub, case_id: int, reference: str, addressee: Addressee | None) -> None:
    if not is_numbered(PREFIX, reference):
        _later(hub, case_id, "doubtful", addressee)
        return
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get_one(OutsideAsk, case_id, with_for_update=True)
        if row.state == "wanted" and case.waits_for == OUTSIDE:
            row.state, row.reference, row.trouble, row.asks = "taken", reference, "", 0
            row.next_at = hub.clock() + timedelta(seconds=hub.settings.outside_ask_s)


def _told(hub: Hub, case_id: int, reference: str, reply: Reply, addressee: Addressee | None) -> None:
    """Only a word on our own request counts, and only the first that ends it."""
    _, doubtful = believed((reply,), reference)
    if doubtful or len(reply.rows) > MOST_ROWS:
        _later(hub, case_id, "doubtful", addressee)
        return
    if reply.word == "pending":
        _later(hub, case_id, "", addressee)
        return
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get_one(OutsideAsk, case_id, with_for_update=True)
        if row.state != "taken":
            return  # another worker was quicker
        row.answered_at, row.trouble = hub.clock(), ""
        if (case.state, case.waits_for) != ("waiting", OUTSIDE):
            row.state = "void"
            return
        row.state, row.rows, row.offered_fen = reply.word, [list(pair) for pair in reply.rows], reply.amount_fen
        session.flush()
        who = party_name(hub, row.party)
        text = hub.texts(f"hub.outside.{reply.word}", who=who, text=reply.text)[:_TEXT_CHARS]
        act = "outside_done" if reply.word == "done" else "outside_refused"
        by = By("party", row.party)
        conclude(session, hub, case, act, by, [{"code": act, "text": text}], addressee)


def _later(hub: Hub, case_id: int, trouble: str, addressee: Addressee | None) -> None:
    """Asks again after a while that doubles each time in vain, up to a bound; a new trouble is told to the resident."""
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get_one(OutsideAsk, case_id, with_for_update=True)
        if row.state not in _OPEN:
            return
        if (case.state, case.waits_for) != ("waiting", OUTSIDE):
            row.state = "void"  # it was withdrawn, or a clerk ended it
            return
        late = hub.clock() - row.since >= timedelta(hours=hub.settings.outside_late_hours)
        word = trouble or ("late" if late else "")
        is_new, row.trouble, row.asks = word != row.trouble, word, row.asks + 1 if trouble else 0
        row.next_at = hub.clock() + wait(row.asks, hub.settings.outside_ask_s, hub.settings.outside_ask_most_s)
        session.flush()
        if not is_new:
            return
        case.reasons = [asked_reason(session, hub, case)]
        session.flush()
        if addressee is not None:
            answer(session, hub, case, addressee)
