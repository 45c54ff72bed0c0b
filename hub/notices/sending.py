"""Sends what is to go by SMS and follows it; the gateway is asked outside of any transaction, under our own key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Final

from sqlalchemy import select

from hub.background import BackgroundWorker
from hub.hub import Hub
from hub.moments import local_day
from hub.notices.contacts import end_contact, is_reachable, number_of
from hub.notices.course import Course, failed, outside_quiet, put_off, receipted, sent, vain
from hub.notices.dues import sweep_due_again
from hub.notices.making import course_of, note, put, subject_of_notice
from hub.notices.slips import sweep_unfetched
from hub.notices.sms_port import NumberRefused, SmsGateway, SmsSilent, Text
from hub.notices.tables import Notice
from hub.tables import Case

_UNDER_WAY: Final = ("due", "sent")
Step = Callable[[Course], Course]


class NoticeWorker(BackgroundWorker):
    """One thread beside the decision worker; several may run at once, for a text has its key and a step its lock."""

    def __init__(self, hub: Hub, gateway: SmsGateway) -> None:
        self._hub = hub
        self._gateway = gateway
        self._swept_on: date | None = None
        super().__init__(f"notices-{secrets.token_hex(4)}", "notices", hub.settings.notice_poll_s)

    def turn(self) -> bool:
        """Takes up what is due, then waits for the next round."""
        self.run_once()
        return False

    def run_once(self) -> int:
        """Takes up what is due now; returns how many notices it looked at."""
        hub = self._hub
        if self._swept_on != (today := local_day(hub.clock())):
            sweep_due_again(hub)
            sweep_unfetched(hub)
            self._swept_on = today
        due = select(Notice.id).where(Notice.sms_state.in_(_UNDER_WAY), Notice.sms_next_at <= hub.clock())
        with hub.database.reading() as session:
            ids = session.scalars(due.order_by(Notice.sms_next_at).limit(hub.settings.notice_batch)).all()
        for notice_id in ids:
            follow(hub, self._gateway, notice_id)
        return len(ids)


def follow(hub: Hub, gateway: SmsGateway, notice_id: int) -> None:
    """Takes one notice as far as it goes now."""
    settings, now = hub.settings, hub.clock()
    with hub.database.reading() as session:
        row = session.get_one(Notice, notice_id)
        case, course = session.get_one(Case, row.case_id), course_of(row)
        subject = subject_of_notice(row, case)
        number = number_of(session, hub, subject) if course.sms == "due" else None
        reachable = is_reachable(session, subject)
    if course.sms == "due" and outside_quiet(now, settings) != now:
        _step(hub, notice_id, course, lambda one: put_off(one, now, settings))
        return
    if course.sms == "due" and number is None and reachable:
        return  # the number does not open here: another replica has the key
    if course.sms == "due" and number is None:
        _step(hub, notice_id, course, lambda one: failed(one, "no_consent", now, settings))
        return
    try:
        if number is not None:
            ticket = gateway.send(Text(f"notice-{notice_id}", number, words_of(hub, row, case, gateway.sandbox)))
            _step(hub, notice_id, course, lambda one: sent(one, ticket, now, settings))
        else:
            told = gateway.receipts(course.ticket)
            _step(hub, notice_id, course, lambda one: receipted(one, told, now, settings))
    except SmsSilent:
        _step(hub, notice_id, course, lambda one: vain(one, "silent", now, settings))
    except NumberRefused:
        _step(hub, notice_id, course, lambda one: failed(one, "refused", now, settings), refused=subject)


def words_of(hub: Hub, row: Notice, case: Case, sandbox: bool) -> str:
    """The text: short, without anything of the case, without a link, and of the name no more than the surname."""
    # Of somebody who is asked nothing but the number is known.
    name = f"{case.masked_name[:1]}**" if case.masked_name.strip("* ") and not row.subject else ""
    words = hub.texts(f"hub.sms.{row.kind}", name=name)
    return f"{hub.texts('hub.sms.sandbox')}{words}" if sandbox else words


def _step(hub: Hub, notice_id: int, before: Course, step: Step, *, refused: str = "") -> None:
    with hub.database.writing() as session:
        row = session.get_one(Notice, notice_id, with_for_update=True)
        here = course_of(row)
        overtaken = before.sms == "due" and here.sms == "void"
        if not overtaken and (here.sms, here.asks) != (before.sms, before.asks):
            return  # another worker was quicker
        after = step(here)
        put(row, after)
        if after.sms != here.sms:
            note(session, hub, row, "sms", after.sms, after.ticket or after.trouble)
        if refused:
            end_contact(session, hub, refused, "refused")
