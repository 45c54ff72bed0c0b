"""The door to the database: one engine, short transactions, and failures a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, column, create_engine, event, inspect, make_url, select, table, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

import hub.bells.tables
import hub.certificates.tables
import hub.houses.tables
import hub.parties.tables
import hub.referrals.tables
import hub.reviews.tables
import hub.vouchers.tables  # noqa: F401 — the tables of both belong to the schema
from hub.settings import HubSettings
from hub.trouble import DatabaseTrouble

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION_TABLE: Final = "alembic_version"
_WRITES: Final = "hub_writes"
_POSTGRESQL: Final = "postgresql"
_DRIVER: Final = "postgresql+psycopg"
_MIGRATING: Final = 0x7A687A68  # the advisory lock under which one replica brings the schema up to date
_GONE: Final = ("secure_delete=ON",)  # a deleted picture must not go on living in free pages


class Database:
    """Opens transactions for reading and for writing; knows its schema's version."""

    def __init__(self, url: str, settings: HubSettings | None = None) -> None:
        self.url = url
        self.engine = _engine(url, settings or HubSettings())
        self._is_postgresql = self.engine.dialect.name == _POSTGRESQL
        self._readers = sessionmaker(self.engine, expire_on_commit=False)
        self._writers = sessionmaker(self.engine.execution_options(**{_WRITES: True}), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; nothing it changes is kept."""
        with self._readers() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is durable when the block ends, and never happened when it raises."""
        with self._writers() as session, session.begin():
            yield session

    def migrate(self) -> str:
        """Brings the schema up to this program's version and returns that version."""
        from alembic import command  # its dialects and templates are only needed here
        from alembic.config import Config
        from alembic.util.exc import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        writer = self.engine.execution_options(**{_WRITES: True})
        with speaking(self.url), writer.connect() as connection:
            if self._is_postgresql:  # replicas that start together take turns; a large table may take its time
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _MIGRATING})
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError:
                raise _unknown_version(self.url) from None
            connection.commit()
        return versions()[-1]

    def check(self) -> None:
        """Raises DatabaseTrouble unless the database answers, keeps what it says it keeps, and has this schema."""
        with speaking(self.url), self.engine.connect() as connection:
            if self._is_postgresql:
                _insist_on_durability(connection)
            found = _version_of(connection)
        if found == versions()[-1]:
            return
        if found is not None and found not in versions():
            raise _unknown_version(self.url)
        raise DatabaseTrouble(
            "数据库还没有升级到本程序的版本。The database is not at this program's version.",
            f"请先运行 zhizhu hub migrate --database {shown_url(self.url)}。Run that command first.",
        )

    def close(self) -> None:
        """Lets every connection go."""
        self.engine.dispose()


@contextmanager
def speaking(url: str) -> Iterator[None]:
    """Translates what the database driver says into a sentence and what to do."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig) or "lock timeout" in str(error.orig):
            raise DatabaseTrouble(
                f"数据库 {shown_url(url)} 被别的程序占着。The database is locked by another program.",
                "请关掉占用它的程序（例如数据库浏览器）再试。Close that program and try again.",
            ) from None
        if "full" in str(error.orig) or "No space left" in str(error.orig):
            raise DatabaseTrouble(
                f"放数据库 {shown_url(url)} 的磁盘已满，这一步没有做。The disk of the database is full.",
                "请清理磁盘，或把数据库放到别的磁盘，再运行一次。Make room, then run this again.",
            ) from None
        raise DatabaseTrouble(
            f"数据库 {shown_url(url)} 连不上或打不开。The database cannot be reached or opened.",
            "请检查 --database 的地址、账号、目录权限和磁盘。Check the address, the account, the folder and the disk.",
        ) from None
    except SQLAlchemyError as error:
        raise DatabaseTrouble(
            f"数据库 {shown_url(url)} 不能用（{type(error).__name__}）。The database cannot be used.",
            "请确认这是智助中枢的数据库文件。Make sure that it is a database of this hub.",
        ) from None


def shown_url(url: str) -> str:
    """A database's address without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def _engine(url: str, settings: HubSettings) -> Engine:
    wrong = "请写成 sqlite:///路径 或 postgresql://账号@主机/库名。Write sqlite:///PATH or postgresql://USER@HOST/NAME."
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == _POSTGRESQL:
            if parsed.drivername == _POSTGRESQL:
                parsed = parsed.set(drivername=_DRIVER)
            options = _postgresql_options(parsed, settings)
        elif backend == "sqlite":
            options = {"connect_args": {"timeout": settings.database_lock_s, "check_same_thread": False}}
        else:
            raise ArgumentError(backend)
        # A failed statement is told without its values: they are residents'.
        engine = create_engine(parsed, hide_parameters=True, **options)
    except ModuleNotFoundError as missing:
        raise DatabaseTrouble(
            f"缺少连接这种数据库的软件包 {missing.name}。The package {missing.name} is missing.",
            "请用 pip 安装它，或改用 sqlite:///路径。Install it, or use sqlite:///PATH.",
        ) from None
    except (ArgumentError, NoSuchModuleError):
        raise DatabaseTrouble(f"看不懂数据库地址 {url}。The database address is not understood.", wrong) from None
    if backend == "sqlite":
        event.listen(engine, "connect", _sqlite_preparer(settings))
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql_options(url: URL, settings: HubSettings) -> dict[str, Any]:
    """Every wait has an end, and a commit that was answered is on the disk whatever the server's defaults are."""
    session = {
        "timezone": "UTC",
        "synchronous_commit": "on",
        "statement_timeout": _ms(settings.database_statement_s),
        "lock_timeout": _ms(settings.database_lock_s),
        "idle_in_transaction_session_timeout": _ms(settings.database_idle_s),
    }
    own = " ".join(f"-c {name}={value}" for name, value in session.items())
    given = url.query.get("options", "")
    return {
        "pool_pre_ping": True,
        "pool_size": settings.database_connections,
        "max_overflow": 0,
        "pool_timeout": settings.database_wait_s,
        "connect_args": {
            "options": f"{given if isinstance(given, str) else ' '.join(given)} {own}".strip(),
            "connect_timeout": max(2, round(settings.database_connect_s)),  # libpq takes whole seconds, two at least
            "tcp_user_timeout": _ms(settings.database_connect_s),
            "application_name": "zhizhu-hub",
        },
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _insist_on_durability(connection: Connection) -> None:
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if connection.execute(text(f"SHOW {name}")).scalar_one() == "off":
            raise DatabaseTrouble(
                f"PostgreSQL 的 {name} 关着，停电会丢办件。With {name} off, a power cut loses what was acknowledged.",
                f"请在 postgresql.conf 里打开 {name} 再启动。Turn it on in postgresql.conf, then start again.",
            )


def _sqlite_preparer(settings: HubSettings) -> Callable[[Any, object], None]:
    busy = f"busy_timeout={_ms(settings.database_lock_s)}"

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event below starts transactions, not the driver
        for pragma in (busy, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *_GONE):
            connection.execute(f"PRAGMA {pragma}")
        (level,) = connection.execute("PRAGMA synchronous").fetchone()
        assert level == 2, "synchronous=FULL was not taken: acknowledged rows would not be durable"

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading later would fail with "locked" instead of waiting.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.execute(text("BEGIN IMMEDIATE" if writes else "BEGIN"))


@cache
def versions() -> tuple[str, ...]:
    """The versions of the schema, oldest first: the migrations' files are named as what they lead to."""
    return tuple(sorted(path.stem for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")))


def _version_of(connection: Connection) -> str | None:
    """As Alembic keeps it; None where it never was."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    found: str | None = connection.scalar(select(column("version_num")).select_from(table(_VERSION_TABLE)))
    return found


def _unknown_version(url: str) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"数据库 {shown_url(url)} 的版本本程序不认识，多半是更新的程序写的。The schema is of an unknown version.",
        "请改用更新版本的智助，或恢复备份。Use a newer zhizhu, or restore a backup.",
    )
