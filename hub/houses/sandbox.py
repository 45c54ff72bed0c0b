"""The sandbox developer (演示): gives its lists in time, or late, wrong, not at all, or the same one twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, get_args

from sqlalchemy import func, select

from hub.houses.port import PREFIX, DeveloperSilent, Fault, GivenList
from hub.houses.tables import SandboxHouseList
from hub.hub import Hub
from hub.manners import behave, manner_of
from hub.outside import numbered
from seeds.people import People
from seeds.projects import Projects

Manner = Literal["well", "late", "wrong", "silent", "twice"]
MANNERS: Final[tuple[Manner, ...]] = get_args(Manner)
DEVELOPER: Final = "demo-homes"
_ANOTHER: Final = "somebody-else"
_TWICE: Final = 2


class SandboxDeveloper:
    """Keeps its books, so that replicas and restarts agree."""

    sandbox = True

    def __init__(self, hub: Hub, name: str = DEVELOPER) -> None:
        self.name = name
        self._hub = hub

    def behave(self, manner: Manner) -> None:
        """Sets how it behaves from now on."""
        behave(self._hub.database, self.name, manner)

    def give(self, lines: Iterable[Mapping[str, Any]]) -> str:
        """Writes another list; its number."""
        with self._hub.database.writing() as session:
            n = (session.scalar(select(func.max(SandboxHouseList.seq))) or 0) + 1
            row = SandboxHouseList(
                seq=n,
                developer=self.name,
                number=numbered(PREFIX, n),
                lines=[_plain(line) for line in lines],
                given_at=self._hub.clock(),
                heard=[],
            )
            session.add(row)
        return row.number

    def list_after(self, number: str) -> GivenList | None:
        """See `Developer`; late: it has none yet; wrong: another's name; twice: the same once more before the next."""
        manner = self.manner()
        if manner == "silent":
            raise DeveloperSilent
        if manner == "late":
            return None
        own = select(SandboxHouseList).where(SandboxHouseList.developer == self.name)
        with self._hub.database.writing() as session:
            last = session.scalars(own.where(SandboxHouseList.number == number)).one_or_none()
            behind = own.where(SandboxHouseList.seq > (0 if last is None else last.seq))
            row = session.scalars(behind.order_by(SandboxHouseList.seq).limit(1)).first()
            if manner == "twice" and last is not None and last.given < _TWICE:
                row = last
            if row is None:
                return None
            row.given += 1
            about = _ANOTHER if manner == "wrong" else self.name
            return GivenList(about, row.number, tuple(row.lines))

    def hear(self, number: str, faults: Sequence[Fault]) -> None:
        """See `Developer`."""
        if self.manner() == "silent":
            raise DeveloperSilent
        with self._hub.database.writing() as session:
            row = session.scalars(select(SandboxHouseList).where(SandboxHouseList.number == number)).one_or_none()
            if row is not None:
                row.heard, row.heard_at = [[one.line, one.sentence] for one in faults], self._hub.clock()

    def books(self, most: int) -> Sequence[SandboxHouseList]:
        """The lists it has written, newest first, for its own page."""
        with self._hub.database.reading() as session:
            wanted = select(SandboxHouseList).order_by(SandboxHouseList.seq.desc()).limit(most)
            return session.scalars(wanted).all()

    def manner(self) -> str:
        """How it behaves now."""
        with self._hub.database.reading() as session:
            return manner_of(session, self.name)


def load_first_lists(hub: Hub, projects: Projects, people: People) -> int:
    """Has the sandbox developer report the homes of its projects, once; returns how many lines."""
    developer = SandboxDeveloper(hub)
    with hub.database.reading() as session:
        if session.scalars(select(SandboxHouseList.seq).limit(1)).first() is not None:
            return 0
    own = [project for project in projects.all if project.builder == developer.name]
    lines = [_line(project.code, line, people) for project in own for line in project.first_list]
    if lines:
        developer.give(lines)
    return len(lines)


def _line(code: str, line: Mapping[str, Any], people: People) -> dict[str, Any]:
    said = {name: value for name, value in line.items() if name != "buyer"}
    return {"project": code, "buyer_number": people[str(line["buyer"])].id_number, **said}


def _plain(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in line.items()}
