"""A whole region's open cases get more time, for a reason everyone can see: a flood, a typhoon."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clocks.keeping import mark_region
from hub.clocks.tables import RegionExtension
from hub.hub import Hub
from hub.identity.roles import region_prefix
from hub.moments import local_day
from hub.staff import SignedIn
from hub.trouble import HubTrouble

_LONGEST_DAYS: Final = 366
_REASON_CHARS: Final = 200
_SHOWN: Final = 50


class ExtensionTrouble(HubTrouble):
    """The extension cannot be given as asked: whoever filled in the form has to change something."""


def extend_region(hub: Hub, who: SignedIn, region: str, first: date, last: date, reason: str) -> int:
    """Has the days from `first` to `last` not count for the division's open cases; returns how many those are.

    The worker reads their clocks anew within moments. Raises ExtensionTrouble.
    """
    reason = _reason(reason)
    prefix = region_prefix(region.ljust(12, "0"))
    if not prefix or not prefix.startswith(who.region_prefix):
        raise ExtensionTrouble("这个区划不归您管。", "请填您管的区划代码。")
    if not 0 <= (last - first).days < _LONGEST_DAYS:
        raise ExtensionTrouble("起止日期不对。", "结束不能早于开始，也不能超过一年。")
    today = local_day(hub.clock())
    if last < today - timedelta(days=_LONGEST_DAYS):
        raise ExtensionTrouble("这段日子过去太久了。", "请检查日期。")
    if first > today + timedelta(days=_LONGEST_DAYS):
        raise ExtensionTrouble("这段日子还太远。", "请检查日期，开始不能晚于一年以后。")
    with hub.database.writing() as session:
        session.add(
            RegionExtension(prefix=prefix, first=first, last=last, reason=reason, staff=who.name, made_at=hub.clock())
        )
        count = mark_region(session, prefix, local_day(hub.clock()))
    hub.work.set()
    return count


def take_back(hub: Hub, who: SignedIn, number: int, reason: str) -> int:
    """Has an extension count as if it had never been given; returns how many open cases it touches.

    A case that ended meanwhile keeps what was said of its time. Raises ExtensionTrouble.
    """
    reason = _reason(reason)
    with hub.database.writing() as session:
        row = session.get(RegionExtension, number, with_for_update=True)
        if row is None or not row.prefix.startswith(who.region_prefix):
            raise ExtensionTrouble("没有这次延期，或者不归您管。", "上级给的延期请上级收回。")
        if row.ended_at is not None:
            raise ExtensionTrouble("这次延期已经收回了。", "请刷新页面看现在的情况。")
        row.ended_at, row.ended_by, row.ended_why = hub.clock(), who.name, reason
        session.flush()
        count = mark_region(session, row.prefix, local_day(hub.clock()))
    hub.work.set()
    return count


def _reason(said: str) -> str:
    reason = " ".join(said.split())
    if not reason or len(reason) > _REASON_CHARS:
        raise ExtensionTrouble("请写明原因，不要太长。", f"最多 {_REASON_CHARS} 个字。")
    return reason


def given(session: Session, prefix: str) -> list[RegionExtension]:
    """The extensions that touch a division, the newest first."""
    rows = session.scalars(select(RegionExtension).order_by(RegionExtension.id.desc()).limit(_SHOWN))
    return [one for one in rows if one.prefix.startswith(prefix) or prefix.startswith(one.prefix)]
