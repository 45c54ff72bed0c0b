"""Asks developers for their lists and tells them what was not believed: outside of any transaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hub.background import BackgroundWorker
from hub.houses.going_on import go_on, go_on_with_all
from hub.houses.port import PREFIX, Developer, DeveloperSilent, Fault, GivenList
from hub.houses.tables import HouseList, HouseSource
from hub.houses.taking import take_list
from hub.hub import Hub
from hub.outside import believed, is_numbered, wait
from seeds.projects import Projects

log = logging.getLogger(__name__)
_LISTS_AT_ONCE: Final = 20


class HouseWorker(BackgroundWorker):
    """One thread beside the decision worker: a developer that does not answer holds nobody up."""

    def __init__(self, hub: Hub, developers: Sequence[Developer], projects: Projects) -> None:
        self._hub = hub
        self._developers = tuple(developers)
        self._projects = projects
        super().__init__(f"houses-{secrets.token_hex(4)}", "delivery lists", hub.settings.house_poll_s)

    def turn(self) -> bool:
        """Takes up what is due, then waits for the next round."""
        self.run_once()
        return False

    def run_once(self) -> int:
        """Asks whoever is due, and tells what is still to be told; returns how many lists were taken."""
        taken = 0
        due = [developer for developer in self._developers if self._is_due(developer.name)]
        for developer in due:
            taken += self._ask(developer)
        if due:
            go_on_with_all(self._hub)
        for developer in self._developers:
            self._tell(developer)
        return taken

    def _is_due(self, name: str) -> bool:
        with self._hub.database.reading() as session:
            row = session.get(HouseSource, name)
            return row is None or row.next_at <= self._hub.clock()

    def _ask(self, developer: Developer) -> int:
        taken = 0
        for _ in range(_LISTS_AT_ONCE):
            with self._hub.database.reading() as session:
                row = session.get(HouseSource, developer.name)
                last = "" if row is None else row.last
            try:
                given = developer.list_after(last)
            except DeveloperSilent:
                self._note(developer.name, "silent")
                return taken
            if given is None:
                self._note(developer.name, "")
                return taken
            _, doubtful = believed((given,), developer.name)
            if doubtful or not is_numbered(PREFIX, given.number):
                self._note(developer.name, "doubtful")
                return taken
            is_new = self._take(given)
            taken += is_new
            self._note(developer.name, "", given.number)
            if not is_new:
                return taken  # it gives what it gave before: the next round may bring another
        return taken

    def _take(self, given: GivenList) -> bool:
        """Whether the list is one that was not taken before."""
        with self._hub.database.reading() as session:
            if session.get(HouseList, given.number) is not None:
                return False
        try:
            with self._hub.database.writing() as session:
                freed = take_list(session, self._hub, self._projects, given)
        except IntegrityError:
            return False  # another replica took it at this moment
        for subject in freed:
            go_on(self._hub, subject, given.about)
        return True

    def _note(self, name: str, trouble: str, last: str = "") -> None:
        settings = self._hub.settings
        with self._hub.database.writing() as session:
            row = session.get(HouseSource, name, with_for_update=True)
            if row is None:
                row = HouseSource(developer=name, last="", asks=0, trouble="", next_at=self._hub.clock())
                session.add(row)
            row.asks = row.asks + 1 if trouble else 0
            if trouble and trouble != row.trouble:
                log.info("the lists of developer %s: %s", name, trouble)
            row.trouble, row.last = trouble, last or row.last
            row.next_at = self._hub.clock() + wait(row.asks, settings.house_ask_s, settings.house_ask_most_s)

    def _tell(self, developer: Developer) -> None:
        now, settings = self._hub.clock(), self._hub.settings
        wanted = select(HouseList).where(HouseList.told.is_(False), HouseList.tell_at <= now)
        wanted = wanted.where(HouseList.developer == developer.name).order_by(HouseList.number)
        with self._hub.database.reading() as session:
            rows = session.scalars(wanted.limit(_LISTS_AT_ONCE)).all()
        for row in rows:
            try:
                developer.hear(row.number, tuple(Fault(int(n), str(said)) for n, said in row.faults))
                told = True
            except DeveloperSilent:
                told = False
            with self._hub.database.writing() as session:
                kept = session.get_one(HouseList, row.number, with_for_update=True)
                kept.told, kept.tells = told, kept.tells + (not told)
                kept.tell_at = now + wait(kept.tells, settings.house_ask_s, settings.house_ask_most_s)
