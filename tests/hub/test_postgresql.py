"""What only PostgreSQL can do to a hub: refuse characters, wait for locks, forget to be durable, lose a connection."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from hub.database import Database, speaking
from hub.hub import Hub
from hub.settings import HubSettings
from hub.tables import Terminal
from hub.trouble import DatabaseTrouble
from seeds.people import People
from tests.hub.pictured import csrf_of
from tests.hub.running import FakeTerminal
from tests.hub.stores import POSTGRESQL, Store, StoreYard

pytestmark = pytest.mark.parametrize("store", [POSTGRESQL], indirect=True)
MIGRATE = "import sys; from hub.database import Database; print(Database(sys.argv[1]).migrate())"


@pytest.fixture
def database(store: Store) -> Iterator[Database]:
    """A database whose waits are short."""
    database = Database(store.url, HubSettings(database_connections=1, database_wait_s=0.1, database_lock_s=0.1))
    yield database
    database.close()


def test_an_address_as_people_write_it_is_enough(database: Database) -> None:
    assert database.url.startswith("postgresql://")
    database.check()


def test_every_wait_has_an_end_and_times_are_utc(database: Database) -> None:
    with database.reading() as session:
        shown = {
            name: session.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "timezone")
        }
    assert list(shown.values()) == ["100ms", "30s", "1min", "UTC"]


def test_a_lock_that_another_holds_is_waited_for_so_long_and_no_longer(store: Store, database: Database) -> None:
    other = Database(store.url)
    with other.writing() as holder:
        holder.execute(text("LOCK TABLE terminal"))
        with pytest.raises(DatabaseTrouble, match="占着"), speaking(database.url), database.reading() as session:
            session.get(Terminal, "t-1")
    other.close()


def test_a_statement_that_runs_too_long_is_ended_by_the_server(store: Store) -> None:
    database = Database(store.url, HubSettings(database_statement_s=0.05))
    with pytest.raises(OperationalError, match="statement timeout"), database.reading() as session:
        session.execute(text("SELECT pg_sleep(30)"))
    database.close()


def test_more_connections_than_agreed_are_not_taken(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(NoConnection), database.reading() as second:
            second.execute(text("SELECT 1"))


def test_a_server_that_would_forget_is_not_served_from(store: Store) -> None:
    forgetful = f"{store.url}&options=-c%20zhizhu.x%3D1"
    database = Database(forgetful)
    with database.reading() as session:
        assert session.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        assert session.execute(text("SHOW zhizhu.x")).scalar_one() == "1"
    database.close()


def test_a_database_that_is_not_there_is_told_with_what_to_do(store: Store) -> None:
    database = Database(store.url.replace("@/hub?", "@/nowhere?"))
    with pytest.raises(DatabaseTrouble, match="连不上"):
        database.check()
    database.close()


def test_replicas_that_migrate_together_take_turns(stores: StoreYard, store: Store) -> None:
    url = stores.server().make(f"bare_{secrets.token_hex(4)}")
    words = (sys.executable, "-c", MIGRATE, url)
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    said = [one.communicate(timeout=120)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert said[0] == said[1]


HOSTILE: list[Any] = [
    {"id": "a\0b"},
    {"id": "\ud800", "why": float("nan")},
    {"id": 1, "big": 10**400, "not": float("-inf")},
    "\0",
    [[[[["deep"]]]]],
    None,
]


def test_what_no_column_takes_is_parked_and_the_rest_goes_on(terminal: FakeTerminal, people: People) -> None:
    person = people["lin-yuelan"]
    named = terminal.event(terminal.application(person, applicant={"name": "林\0月兰", "id_number": person.id_number}))
    version = terminal.event(terminal.application(person, item_version="1\0"))
    long = {"name": "买" * 200, "id_number": person.id_number}
    good = terminal.event(terminal.application(person, applicant=long))
    results = terminal.send(*HOSTILE, named, version, good).results
    assert [one.status.value for one in results] == ["parked"] * (len(HOSTILE) + 2) + ["stored"]
    again = terminal.send(*HOSTILE, named, version, good).results
    assert [one.status.value for one in again] == ["parked"] * (len(HOSTILE) + 2) + ["duplicate"]


def test_pages_asked_for_with_what_no_column_takes_refuse_politely(url: str) -> None:
    with httpx.Client(base_url=url, verify=False) as browser:
        form = {"name": "a\0b", "password": "long enough", "csrf": csrf_of(browser.get("/console/login"))}
        reply = browser.post("/console/login", data=form)
    assert (reply.status_code, reply.json()["type"]) == (422, "urn:zhizhu:problem:unstorable")


def test_a_cut_connection_is_a_pause_and_nothing_is_lost(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    terminal.send(event)
    with hub.database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert [one.status.value for one in terminal.send(event).results] == ["duplicate"]
