"""The door to the database: one engine, short transactions, and failures a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from hub.trouble import DatabaseTrouble

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_MS: Final = 5_000
_WRITES: Final = "hub_writes"
_GONE: Final = ("secure_delete=ON",)  # a deleted picture must not go on living in free pages


class Database:
    """Opens transactions for reading and for writing; knows its schema's version."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
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
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with speaking(self.url), self.engine.connect() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError:
                raise _unknown_version(self.url) from None
            connection.commit()
        return _wanted()

    def check(self) -> None:
        """Raises DatabaseTrouble unless the database answers and has exactly this program's schema."""
        with speaking(self.url), self.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found == _wanted():
            return
        if found is not None and found not in _known():
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
        if "locked" in str(error.orig):
            raise DatabaseTrouble(
                f"数据库 {shown_url(url)} 被别的程序占着。The database is locked by another program.",
                "请关掉占用它的程序（例如数据库浏览器）再试。Close that program and try again.",
            ) from None
        if "full" in str(error.orig):
            raise DatabaseTrouble(
                f"放数据库 {shown_url(url)} 的磁盘已满，这一步没有做。The disk of the database is full.",
                "请清理磁盘，或把数据库放到别的磁盘，再运行一次。Make room, then run this again.",
            ) from None
        raise DatabaseTrouble(
            f"数据库 {shown_url(url)} 连不上或打不开。The database cannot be reached or opened.",
            "请检查 --database 的地址、目录权限和磁盘空间。Check the address, the folder's rights and the disk.",
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


def _engine(url: str) -> Engine:
    wrong = "请写成 sqlite:///路径 或 postgresql+psycopg://…。Write sqlite:///PATH or postgresql+psycopg://…"
    try:
        parsed = make_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if parsed.get_backend_name() == "sqlite":
            options = {"connect_args": {"timeout": _BUSY_MS / 1000, "check_same_thread": False}}
        engine = create_engine(parsed, **options)
    except ModuleNotFoundError as missing:
        raise DatabaseTrouble(
            f"缺少连接这种数据库的软件包 {missing.name}。The package {missing.name} is missing.",
            "请用 pip 安装它，或改用 sqlite:///路径。Install it, or use sqlite:///PATH.",
        ) from None
    except (ArgumentError, NoSuchModuleError):
        raise DatabaseTrouble(f"看不懂数据库地址 {url}。The database address is not understood.", wrong) from None
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event below starts transactions, not the driver
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *_GONE):
        connection.execute(f"PRAGMA {pragma}")
    (level,) = connection.execute("PRAGMA synchronous").fetchone()
    assert level == 2, "synchronous=FULL was not taken: acknowledged rows would not be durable"


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading later would fail with "locked" instead of waiting.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.execute(text("BEGIN IMMEDIATE" if writes else "BEGIN"))


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))


def _wanted() -> str:
    head = _script().get_current_head()
    assert head is not None
    return head


def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _script().walk_revisions())


def _unknown_version(url: str) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"数据库 {shown_url(url)} 的版本本程序不认识，多半是更新的程序写的。The schema is of an unknown version.",
        "请改用更新版本的智助，或恢复备份。Use a newer zhizhu, or restore a backup.",
    )
