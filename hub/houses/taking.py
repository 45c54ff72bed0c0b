"""Takes a list in: what was said of each home, once; a home that two have bought is nobody's until it is put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.houses.lines import Line, checked
from hub.houses.port import Fault, GivenList
from hub.houses.tables import HouseEntry, HouseList
from hub.hub import Hub
from hub.moments import local_day
from offline.wire.claims import subject_of
from seeds.identifiers import mask_number
from seeds.projects import Projects

READY: Final = "ready"
DISPUTED: Final = "disputed"
FINISHED: Final = "done"
TAKEN_BACK: Final = "taken_back"


def take_list(session: Session, hub: Hub, projects: Projects, given: GivenList) -> tuple[str, ...]:
    """Keeps a list in the caller's transaction; the subjects whose home can be dealt with since come back."""
    today = local_day(hub.clock())
    found = checked(given.untrusted_lines, given.about, projects, today, hub.settings.house_lines)
    faults, freed = list(found.faults), list[str]()
    for n, line in found.lines:
        fault, subjects = _take(session, hub, projects, given, line)
        freed += subjects
        if fault:
            faults.append(Fault(n, fault))
    session.add(
        HouseList(
            number=given.number,
            developer=given.about,
            lines=len(given.untrusted_lines),
            taken=len(found.lines) + len(found.faults) - len(faults),
            faults=[[one.line, one.sentence] for one in sorted(faults, key=lambda one: one.line)],
            taken_at=hub.clock(),
            tell_at=hub.clock(),
        )
    )
    session.flush()
    return tuple(dict.fromkeys(freed))


def _take(session: Session, hub: Hub, projects: Projects, given: GivenList, line: Line) -> tuple[str, Sequence[str]]:
    """What is wrong with the line, if anything, and whom it frees."""
    wanted = select(HouseEntry).where(HouseEntry.house == line.house).order_by(HouseEntry.id).with_for_update()
    rows = session.scalars(wanted).all()
    subject = subject_of(hub.keys.subject_index, line.buyer_number)
    own = next((row for row in rows if row.subject == subject), None)
    others = [row for row in rows if row.subject != subject and row.state != TAKEN_BACK]
    if any(row.developer != given.about for row in rows):
        return "这个不动产单元号是别家开发企业报过的，请核对。", ()
    if line.word == "taken_back":
        return _take_back(hub, given, own, others)
    if own is not None and own.state != TAKEN_BACK:
        return _again(hub, projects, given, own, line)
    if any(row.state == FINISHED for row in others):
        return "这套房子已经给另一位买方发了证，没有收，请核对。", ()
    if own is None:
        own = HouseEntry(developer=given.about, house=line.house, subject=subject)
        session.add(own)
    _write(hub, projects, given, own, line)
    own.state = DISPUTED if others else READY
    for row in others:
        row.state, row.changed_at = DISPUTED, hub.clock()
    session.flush()
    if others:
        who = "、".join(row.masked for row in others)
        return f"这套房子报过另一位买方（{who}）。两位都先停办，请核对后把报错的那一行收回（taken_back）。", ()
    return "", (subject,)


def _take_back(
    hub: Hub, given: GivenList, own: HouseEntry | None, others: Sequence[HouseEntry]
) -> tuple[str, Sequence[str]]:
    if own is None or own.state == TAKEN_BACK:
        return "没有报过这位买方的这套房子，不用收回。", ()
    if own.state == FINISHED:
        return "这套房子已经给这位买方发了证，收回不了，请找登记部门。", ()
    own.state, own.list_number, own.changed_at = TAKEN_BACK, given.number, hub.clock()
    if len(others) == 1 and others[0].state == DISPUTED:
        others[0].state, others[0].changed_at = READY, hub.clock()
        return "", (others[0].subject,)
    return "", ()


def _again(hub: Hub, projects: Projects, given: GivenList, own: HouseEntry, line: Line) -> tuple[str, Sequence[str]]:
    """The same buyer's home once more: the same word is nothing new, another is taken until somebody applies by it."""
    before = (own.project_code, own.address, own.area, own.price_fen, own.delivered_on)
    same = before == (line.project, _address(projects, line), line.area, line.price_fen, line.delivered_on)
    if same:
        return "", ()
    if own.state == FINISHED or own.case_id is not None:
        return "买方已经按原来报的在办证，这一行没有改；要改，请找登记部门。", ()
    _write(hub, projects, given, own, line)
    return "", ()


def _write(hub: Hub, projects: Projects, given: GivenList, row: HouseEntry, line: Line) -> None:
    row.project_code, row.address = line.project, _address(projects, line)
    row.masked, row.area, row.price_fen = mask_number(line.buyer_number), line.area, line.price_fen
    row.delivered_on, row.list_number, row.changed_at = line.delivered_on, given.number, hub.clock()


def _address(projects: Projects, line: Line) -> str:
    project = projects.by_code(line.project)
    name = "" if project is None else project.words.zh_hans
    return f"{name}{line.building}{line.room}"[:80]


def entries_of(session: Session, subject: str, most: int) -> Sequence[HouseEntry]:
    """The homes of somebody that are on a list, the newest first."""
    wanted = select(HouseEntry).where(HouseEntry.subject == subject, HouseEntry.state != TAKEN_BACK)
    return session.scalars(wanted.order_by(HouseEntry.id.desc()).limit(most)).all()


def as_rows(entries: Sequence[HouseEntry]) -> Iterator[dict[str, object]]:
    """The homes as a rule reads them."""
    for one in entries:
        yield {
            "house": one.house,
            "address": one.address,
            "area": f"{one.area}平方米",
            "price_fen": one.price_fen,
            "delivered_on": one.delivered_on.isoformat(),
            "project_code": one.project_code,
            "state": one.state,
        }
