"""A hub's database as its operator prepares it before the hub first runs."""

from __future__ import annotations

from contextlib import closing

from hub.database import Database
from hub.enrolment import new_enrolment_key
from hub.moments import system_clock
from hub.settings import HubSettings
from hub.staff import add_staff


def prepared(url: str, region: str, name: str, *, staff: tuple[str, str, str] | None = None) -> str:
    """Makes the schema and the account (name, role, password) of who sees all; the key for the terminal `name`."""
    with closing(Database(url)) as database:
        database.migrate()
        if staff is not None:
            account, role, password = staff
            add_staff(database, system_clock, account, role, "0" * 12, password)
        return new_enrolment_key(database, HubSettings(), system_clock, region, name)
