"""How a notice reaches somebody, as one state machine: at a card, by SMS, by a call; each says it once. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from hub.moments import SHANGHAI
from hub.notices.sms_port import Receipt, is_ticket
from hub.outside import believed, wait
from hub.settings import HubSettings

Kind = Literal["decision", "papers", "picture", "due", "slip", "rating_reply", "confirm"]
"""What there is to hear: how it was decided, a paper that is missing or due, a picture that was refused, the month in
which something is due again, a slip or paper to be printed, the answer to a bad rating, what wants a yes or no."""
Channel = Literal["card", "sms", "call"]
Sms = Literal["none", "due", "sent", "delivered", "failed", "void"]
Answer = Literal["reached", "no_answer", "wrong_number"]
ACTS: Final[frozenset[Kind]] = frozenset(("papers", "picture", "due", "confirm"))
"""After these she has to come; that a telephone got a message does not say that she has read it."""


@dataclass(frozen=True, slots=True)
class Course:
    """How far a notice is: which channels have said it, what is next and when, and by whom it was heard."""

    kind: Kind
    made_at: datetime
    sms: Sms = "none"
    ticket: str = ""
    asks: int = 0  # in vain, one after the other
    trouble: str = ""  # silent | doubtful | refused | undelivered | no_receipt | no_consent
    since: datetime | None = None  # from when the SMS may go
    next_at: datetime | None = None  # when its gateway is asked next
    call_at: datetime | None = None  # from when a clerk calls
    call_by: datetime | None = None  # after which a call comes too late to be of use
    told_at: datetime | None = None
    told_by: str = ""


def begun(kind: Kind, now: datetime, reachable: bool, settings: HubSettings, call_by: datetime | None = None) -> Course:
    """A new notice; `reachable`: there is a number, and its owner has agreed to be written to."""
    course = Course(kind, now, call_by=call_by)
    if reachable and "sms" in settings.notice_ways:
        since = outside_quiet(now + timedelta(hours=settings.notice_sms_hours), settings)
        return replace(course, sms="due", since=since, next_at=since)
    return _to_call(course, now, settings)


def heard(course: Course, by: str, now: datetime) -> Course:
    """She has heard it, at a card or by a call: nothing more is said. The first time counts."""
    if course.told_at is not None:
        return course
    sms: Sms = "void" if course.sms == "due" else course.sms
    return replace(course, sms=sms, next_at=None, call_at=None, told_at=now, told_by=by)


def sent(course: Course, ticket: str, now: datetime, settings: HubSettings) -> Course:
    """The gateway took it and named its ticket; what is no ticket is doubted, and asked for again."""
    if course.sms == "void" and is_ticket(ticket):  # it was heard, or forbidden, while the gateway was asked
        return replace(course, sms="sent", ticket=ticket, next_at=None)
    if course.sms != "due":
        return course
    if not is_ticket(ticket):
        return vain(course, "doubtful", now, settings)
    next_at = now + timedelta(seconds=settings.sms_ask_s)
    return replace(course, sms="sent", ticket=ticket, asks=0, trouble="", next_at=next_at)


def put_off(course: Course, now: datetime, settings: HubSettings) -> Course:
    """It is a quiet hour: it goes when that is over."""
    return replace(course, next_at=outside_quiet(now, settings)) if course.sms == "due" else course


def vain(course: Course, trouble: str, now: datetime, settings: HubSettings) -> Course:
    """Nothing came of asking; after long enough it has failed, and a clerk calls."""
    if course.sms not in ("due", "sent"):
        return course
    too_late = course.call_by is not None and now >= course.call_by
    if too_late or now - (course.since or course.made_at) >= timedelta(hours=settings.sms_give_up_hours):
        return failed(course, trouble or "no_receipt", now, settings)
    later = now + wait(course.asks, settings.sms_ask_s, settings.sms_ask_most_s)
    next_at = outside_quiet(later, settings) if course.sms == "due" else later
    return replace(course, asks=course.asks + 1, trouble=trouble, next_at=next_at)


def failed(course: Course, trouble: str, now: datetime, settings: HubSettings) -> Course:
    """No SMS reaches her: the next channel has its turn."""
    if course.sms not in ("due", "sent"):
        return course
    ended: Sms = "void" if trouble == "no_consent" else "failed"
    return _to_call(replace(course, sms=ended, trouble=trouble, next_at=None), now, settings)


def receipted(course: Course, told: Iterable[Receipt], now: datetime, settings: HubSettings) -> Course:
    """What the gateway says became of it; one told twice changes nothing, another ticket's is a doubt."""
    if course.sms != "sent":
        return course
    mine, doubtful = believed(told, course.ticket)
    words = {one.word for one in mine}
    if "delivered" in words:
        arrived = replace(course, sms="delivered", trouble="", next_at=None)
        if course.kind not in ACTS:
            return heard(arrived, f"sms:{course.ticket}", now)
        if course.told_at is not None or "call" not in settings.notice_ways:
            return arrived
        unseen = now + timedelta(days=settings.notice_unseen_days)
        return replace(arrived, call_at=_in_time(arrived, unseen, now))
    if "undelivered" in words:
        return failed(course, "undelivered", now, settings)
    return vain(course, "doubtful" if doubtful else "", now, settings)


def called(course: Course, answer: Answer, by: str, now: datetime) -> Course:
    """What came of a clerk's call; who was not reached stays on the list."""
    return heard(course, f"call:{by}", now) if answer == "reached" else course


def outside_quiet(at: datetime, settings: HubSettings) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in (local): nobody is woken by us."""
    begins, ends = settings.notice_quiet_from, settings.notice_quiet_to
    local = at.astimezone(SHANGHAI)
    over = local.replace(hour=ends, minute=0, second=0, microsecond=0)
    if begins <= ends:
        return over if begins <= local.hour < ends else at
    if local.hour >= begins:
        return over + timedelta(days=1)
    return over if local.hour < ends else at


def _to_call(course: Course, now: datetime, settings: HubSettings) -> Course:
    if course.told_at is not None or "call" not in settings.notice_ways:
        return course
    patient = course.made_at + timedelta(hours=settings.notice_call_hours)
    return replace(course, call_at=_in_time(course, max(now, patient), now))


def _in_time(course: Course, at: datetime, now: datetime) -> datetime:
    """When a clerk calls: not later than it is of use, and never before now."""
    return at if course.call_by is None else max(now, min(at, course.call_by))
