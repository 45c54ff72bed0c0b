"""`zhizhu hub carry`: takes everything off a stick at the hub's own machine and puts the answers onto it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Final

from sqlalchemy import select

from hub.carry import Courier, Taken, answer_parts, courier, note_forged, take_part, terminal_key
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.problems import Problem
from hub.tables import Case, DecisionJob
from offline.wire.carry import Part
from offline.wire.stick import ANSWERS, SUFFIX, Stick
from offline.wire.trouble import NotForHere

_DECISIONS_MOST: Final = 100_000
_LOOK_S: Final = 0.2


@dataclass(slots=True)
class Visit:
    """What a stick brought and took back."""

    taken: list[Taken] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # a file, and why it does not count
    couriers: list[Courier] = field(default_factory=list)
    answer_files: int = 0

    @property
    def well(self) -> bool:
        """Whether everything that the stick should hold was there, was taken, and need not come again."""
        whole = all(one.missing == () for one in self.couriers)
        return bool(self.taken) and not self.refused and whole and not any(one.later for one in self.taken)

    def lines(self) -> Iterator[str]:
        """What the person at the hub's machine is told."""
        for name, why in self.refused:
            yield f"{name}：{why}"
        for one in self.couriers:
            mine = [taken for taken in self.taken if taken.terminal_id == one.terminal_id]
            yield f"{one.terminal_name}（{one.terminal_id}）：{_counted(mine)}"
            if one.missing is None:
                yield "  U 盘没有写完就拔出了，可能还有没带来的；请在终端上再导出一次。The export was not finished."
            for first, last in one.missing or ():
                yield f"  缺第 {first}–{last} 条所在的文件；请在终端上再导出一次。A part of the export is missing."
        if not self.taken:
            yield "U 盘上没有终端带来的记录。There is nothing from a terminal on the stick."
        else:
            yield (
                f"已写回 {self.answer_files} 个答复文件，可以拔 U 盘了；请插回终端导入。"
                " You may pull the stick out now."
            )

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "ok": self.well,
            "parts": [one.as_json() for one in self.taken],
            "refused": [{"name": name, "detail": why} for name, why in self.refused],
            "missing": {one.terminal_id: one.missing for one in self.couriers},
            "answer_files": self.answer_files,
        }


def visit(hub: Hub, stick: Stick, staff: str, progress: Callable[[str], None] = lambda _name: None) -> Visit:
    """Takes every part, lets the rules decide what they can, and writes the answers; raises StickTrouble.

    Other workers may be deciding at the same time: each case is claimed by one.
    """
    found = Visit()
    for path in stick.files():
        progress(path.name)
        for part in stick.parts(path, terminal_key(hub)):
            if isinstance(part, Part):
                _take(hub, part, path.name, staff, found)
            elif not isinstance(part, NotForHere):
                note_forged(hub, part)
                found.refused.append((path.name, f"{part.sentence}{part.advice}"))
    terminals = tuple(dict.fromkeys(one.terminal_id for one in found.taken))
    _decide(hub, terminals)
    for terminal_id in terminals:
        found.answer_files += _write_answers(hub, stick, terminal_id)
        with hub.database.reading() as session:
            found.couriers.append(courier(session, terminal_id))
    return found


def _counted(taken: list[Taken]) -> str:
    fresh, known = sum(one.fresh for one in taken), sum(one.known for one in taken)
    parked, later = sum(one.parked for one in taken), sum(one.later for one in taken)
    pictures, without = sum(one.pictures for one in taken), sum(one.pictures_refused for one in taken)
    said = f"新收 {fresh} 条，已有 {known} 条，搁置 {parked} 条，照片 {pictures} 张"
    said += f"，{without} 张照片收不了" if without else ""
    return said + (f"，{later} 条这次没收下，请再运行一次" if later else "") + "。"


def _take(hub: Hub, part: Part, name: str, staff: str, found: Visit) -> None:
    try:
        found.taken.append(take_part(hub, part, staff))
    except Problem as problem:
        found.refused.append((name, problem.detail))


def _decide(hub: Hub, terminals: Collection[str]) -> None:
    """What the rules can decide is decided now; for a case that another worker has claimed it waits a little.

    The stick goes back for a week: what is decided a second later would be told the next time only.
    """
    worker, left, ends = DecisionWorker(hub), _DECISIONS_MOST, monotonic() + hub.settings.carry_others_s
    while left > 0:
        if decided := worker.run_once():
            left -= decided
        elif monotonic() < ends and _others_decide(hub, terminals):
            sleep(_LOOK_S)
        else:
            return


def _others_decide(hub: Hub, terminals: Collection[str]) -> bool:
    claimed = (
        select(DecisionJob.case_id)
        .join(Case, Case.id == DecisionJob.case_id)
        .where(DecisionJob.state == "claimed", Case.terminal_id.in_(terminals))
    )
    with hub.database.reading() as session:
        return session.scalars(claimed.limit(1)).first() is not None


def _write_answers(hub: Hub, stick: Stick, terminal_id: str) -> int:
    """New files first, then the old ones go: pulled out in between, the stick holds more than it needs, never less."""
    written = list[str]()
    for n, part in enumerate(answer_parts(hub, terminal_id), 1):
        written.append(f"{ANSWERS}{n:05d}-{part.digest[:12]}{SUFFIX}")
        stick.put(terminal_id, written[-1], part.data)
    for path in stick.files_of(terminal_id):
        if path.name.startswith(ANSWERS) and path.name not in written:
            stick.drop(path)
    stick.tidy(terminal_id)
    stick.flush(terminal_id)
    return len(written)
