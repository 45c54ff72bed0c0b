"""Which places there are, how many are left, and how one is taken: a sandbox calendar (演示) from the item's data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.bookings.tables import Booking
from hub.tables import Case
from offline.wire.prefill import PrefillOption
from seeds.booking import BookingRule
from seeds.item import Item

HALVES: Final = (("am", "上午"), ("pm", "下午"))
WEEKDAYS: Final = ("一", "二", "三", "四", "五", "六", "日")


def slots(rule: BookingRule, today: date) -> Iterator[tuple[str, str, str]]:
    """Each half-day that may be booked from tomorrow on: its value (`d20261130-am`), how it reads, and its weekday."""
    day, given = today, 0
    while given < rule.days:
        day += timedelta(days=1)
        if day.isoweekday() not in rule.weekdays:
            continue
        given += 1
        for half, name in HALVES:
            yield f"d{day:%Y%m%d}-{half}", f"{day.month}月{day.day}日{name}", f"星期{WEEKDAYS[day.weekday()]}"


def places(session: Session, item: Item, rule: BookingRule, today: date) -> tuple[PrefillOption, ...]:
    """The half-days with how many places are left in each."""
    offered = tuple(slots(rule, today))
    wanted = select(Booking.slot, func.count()).where(Booking.item == item.id)
    booked = Counter(dict(session.execute(wanted.group_by(Booking.slot)).all()))
    return tuple(
        PrefillOption(
            value=slot, name=name, left=left, detail=f"{weekday}，还有{left}个名额" if left else f"{weekday}，约满了"
        )
        for slot, name, weekday in offered
        for left in (max(0, rule.places - booked[slot]),)
    )


def booking_facts(session: Session, item: Item, slot: object, today: date) -> dict[str, object] | None:
    """What a rule may know of the half-day somebody wants; None where the item books nothing or it is not offered."""
    if item.booking is None:
        return None
    found = next((each for each in places(session, item, item.booking, today) if each.value == slot), None)
    return None if found is None else {"slot": found.value, "shown": found.name, "left": found.left}


def holds_place(session: Session, case: Case, item: Item, today: date) -> bool:
    """Whether who applied has one still to come: nobody takes all of a half-day, or two by pressing twice."""
    if item.booking is None:
        return False
    held = select(Booking.case_id).join(Case, Case.id == Booking.case_id)
    held = held.where(Booking.item == item.id, Booking.slot >= f"d{today:%Y%m%d}", Case.subject == case.subject)
    return session.scalars(held.limit(1)).first() is not None


def take(session: Session, case: Case, item: Item, inputs: Mapping[str, object]) -> bool:
    """Takes a place for a case that its rule approves, in the transaction that does so; false where none is left.

    The seat is part of a unique key: of two who want the last one at this moment, one is decided again a little later.
    """
    booking = inputs.get("booking")
    slot = booking.get("slot") if isinstance(booking, Mapping) else None
    if item.booking is None or not isinstance(slot, str):
        return True
    taken = set(session.scalars(select(Booking.seat).where(Booking.item == item.id, Booking.slot == slot)))
    seat = next((each for each in range(item.booking.places) if each not in taken), None)
    if seat is None:
        return False
    session.add(Booking(case_id=case.id, item=item.id, slot=slot, seat=seat))
    session.flush()
    return True


def place_until(session: Session, case: Case, item: Item | None) -> date | None:
    """The last day on which the place that a case holds can be given back; None where it holds none."""
    row = None if item is None or item.booking is None else session.get(Booking, case.id)
    return None if row is None else date.fromisoformat(row.slot[1:9]) - timedelta(days=1)


def give_back(session: Session, case: Case, today: date) -> bool:
    """Frees the place of a case whose half-day is still to come; false where it has none, or it is too late for that.

    A place is free for somebody else from this transaction on.
    """
    row = session.get(Booking, case.id, with_for_update=True)
    if row is None or row.slot[1:9] <= f"{today:%Y%m%d}":
        return False
    session.delete(row)
    session.flush()
    return True
