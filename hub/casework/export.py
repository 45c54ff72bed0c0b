"""Cases in national field names (GB/T 39554 practice), for whoever collects them; nothing in them is personal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.cases import settled_at
from hub.tables import Case
from seeds.casework import Level
from seeds.catalogue import Catalogue
from seeds.item import Item
from seeds.trouble import SeedTrouble, UnknownItem
from seeds.units import Units

_LEVELS: Final[Mapping[Level, str]] = {
    "province": "省级",
    "city": "市级",
    "county": "县级",
    "town": "镇（乡、街道）级",
    "village": "村（社区）级",
}
_STATES: Final[Mapping[str, str]] = {
    "received": "已收件",
    "in_review": "办理中",
    "waiting": "补正（等待申请人）",
    "approved": "办结（准予）",
    "refused": "办结（不予）",
    "withdrawn": "办结（撤回）",
}
_LIGHTS: Final[Mapping[str, str]] = {"yellow": "黄灯", "red": "红灯", "missed": "超期办结", "stopped": "暂停计时"}


class NationalForm:
    """Puts cases into the national fields; items that the catalogue no longer knows leave theirs empty."""

    def __init__(self, catalogue: Catalogue, units: Units) -> None:
        self._catalogue = catalogue
        self._units = units

    def row(self, case: Case) -> dict[str, object]:
        """One case."""
        item = self._item(case.item)
        settled = settled_at(case)
        return {
            "办件编号": case.number,
            "事项名称": None if item is None else item.name,
            "编码方案": None if item is None else item.codes.scheme,
            "基本编码": None if item is None else item.codes.basic,
            "实施编码": None if item is None else item.codes.implementing,
            "事项版本": case.item_version,
            "行使层级": None if item is None else _LEVELS[item.casework.level],
            "服务对象": None if item is None else _audience(item),
            "办件类型": None if item is None else "即办件" if item.handling == "instant" else "承诺件",
            "法定办结时限": case.statutory_days,
            "法定办结时限单位": "工作日",
            "承诺办结时限": case.limit_days,
            "承诺办结时限单位": "工作日",
            "到办事现场次数": None if item is None else item.visits,
            "受理地区划代码": case.region,
            "乡镇街道代码": case.region[:9],
            "村居社区代码": case.region,
            "办理单位": self._unit(case),
            "办理单位区划代码": case.handled_in.ljust(12, "0"),
            "收件时间": case.received_at.isoformat(timespec="seconds"),
            "办结时间": None if settled is None else settled.isoformat(timespec="seconds"),
            "应办结日期": None if case.due_on is None else case.due_on.isoformat(),
            "办件状态": _STATES[case.state],
            "红黄灯": _LIGHTS.get(case.light, "正常"),
        }

    def _item(self, item_id: str) -> Item | None:
        try:
            return self._catalogue.item(item_id)
        except UnknownItem:
            return None

    def _unit(self, case: Case) -> str | None:
        try:
            return self._units.named(case.unit).name
        except SeedTrouble:
            return None


def exported(session: Session, prefix: str, after: int, limit: int) -> list[Case]:
    """The cases that were filed or are handled in a division, oldest first, behind the one of row `after`."""
    here = or_(Case.region.startswith(prefix, autoescape=True), Case.handled_in.startswith(prefix, autoescape=True))
    return list(session.scalars(select(Case).where(here, Case.id > after).order_by(Case.id).limit(limit)))


def all_exported(session: Session, prefix: str, page: int) -> Iterator[Case]:
    """All of them, a page at a time, so that a province's do not have to fit into memory."""
    after = 0
    while cases := exported(session, prefix, after, page):
        yield from cases
        after = cases[-1].id
        session.expire_all()
        session.expunge_all()


def _audience(item: Item) -> str:
    return "自然人" if item.audience.subject == "person" else "法人"
