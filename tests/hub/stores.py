"""The hub's two databases as tests take them: a fresh one for each test, copied from one whose schema is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from sqlalchemy import URL, Dialect, Engine, create_engine, text

from deploy.postgres import Postgres
from hub.database import Database
from hub.schema import metadata

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
KINDS: Final = (SQLITE, POSTGRESQL)

both_stores = pytest.mark.parametrize("store", KINDS, indirect=True)
"""Runs a test, or all of a module, on SQLite and on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database of one's own, and the folder for what a hub keeps beside it."""

    kind: str
    url: str
    folder: Path
    opened: list[Callable[[], None]] = field(default_factory=list, compare=False)  # closes each hub opened over it


@dataclass
class StoreYard:
    """Makes fresh databases; the server is started when the first test asks for PostgreSQL.

    PostgreSQL has one, which is emptied: hundreds of files for each test would be slower to flush and to delete.
    """

    server: Callable[[], Postgres]
    _ready: str = ""

    def make(self, kind: str, folder: Path) -> Store:
        """A database with this program's schema and nothing in it, until the next one is made."""
        folder.mkdir(parents=True, exist_ok=True)
        if kind == SQLITE:
            return Store(kind, sqlite_file(folder / "hub.db"), folder)
        url = self._ready = self._ready or _migrated(self.server().make("hub"))
        _empty(url)
        # The address as people write it; which driver speaks is the hub's own business.
        return Store(kind, url.replace("postgresql+psycopg:", "postgresql:"), folder)


_dialects: dict[str, Dialect] = {}
_compiled: dict[Any, Any] = {}


def worn_in(url: URL, **options: Any) -> Engine:
    """An engine as `create_engine` makes it, that knows by heart what its forerunners of this process have compiled.

    A hub compiles each statement once in its life; a thousand hubs of tests would do it a thousand times.
    """
    engine = create_engine(url, **options)
    engine.dialect = _dialects.setdefault(engine.dialect.name, engine.dialect)
    engine.update_execution_options(compiled_cache=_compiled)
    return engine


def sqlite_file(path: Path) -> str:
    """The address of a new database with this program's schema and nothing in it."""
    path.write_bytes(_template())
    return f"sqlite:///{path}"


@cache
def _template() -> bytes:
    """Each process of a run takes the steps of the schema once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.db"
        _migrated(f"sqlite:///{path}")
        return path.read_bytes()


def _migrated(url: str) -> str:
    database = Database(url)
    database.migrate()
    database.close()  # SQLite's journal is folded into the file
    return url


def _empty(url: str) -> None:
    """Cuts whoever is still connected; no row stays, and numbering begins anew."""
    database = Database(url)
    with database.writing() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        emptied = "".join(f'DELETE FROM "{table.name}";' for table in reversed(metadata().sorted_tables))
        numbered = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
        session.connection().exec_driver_sql(emptied + numbered)  # in one turn: this is done before every test
    database.close()
