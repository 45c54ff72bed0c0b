"""The hub's two databases as tests take them: a fresh one for each test, copied from one whose schema is there."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from deploy.postgres import Postgres
from hub.database import Database

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
KINDS: Final = (SQLITE, POSTGRESQL)
_TEMPLATE: Final = "hub_template"

both_stores = pytest.mark.parametrize("store", KINDS, indirect=True)
"""Runs a test, or all of a module, on SQLite and on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database of one's own, and the folder for what a hub keeps beside it."""

    kind: str
    url: str
    folder: Path


@dataclass
class StoreYard:
    """Makes fresh databases; the server is started when the first test asks for PostgreSQL."""

    folder: Path
    server: Callable[[], Postgres]
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _ready: set[str] = field(default_factory=set)

    def make(self, kind: str, folder: Path) -> Store:
        """A database with this program's schema and nothing in it."""
        folder.mkdir(parents=True, exist_ok=True)
        if kind == SQLITE:
            template = self.folder / "hub.db"
            self._prepare(kind, lambda: f"sqlite:///{template}")
            shutil.copyfile(template, folder / "hub.db")
            return Store(kind, f"sqlite:///{folder / 'hub.db'}", folder)
        server = self.server()
        self._prepare(kind, lambda: server.make(_TEMPLATE))
        # The address as people write it; which driver speaks is the hub's own business.
        address = server.make(f"hub_{next(self._count)}", _TEMPLATE)
        return Store(kind, address.replace("postgresql+psycopg:", "postgresql:"), folder)

    def _prepare(self, kind: str, url: Callable[[], str]) -> None:
        if kind not in self._ready:
            database = Database(url())
            database.migrate()
            database.close()  # SQLite's journal is folded into the file, and nobody is connected to the template
            self._ready.add(kind)
