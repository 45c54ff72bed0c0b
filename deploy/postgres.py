"""A PostgreSQL server of one's own for benches and tests: unprivileged, and gone with who started it.

It listens on a socket in a temporary folder that only its user may enter, so nobody else on the machine can reach it
and no password is needed. It dies with the thread that started it (prctl(2)), so start it from the main thread.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from deploy.trouble import RoofTrouble

START_S: Final = 60.0
END_S: Final = 10.0
_DEBIAN: Final = Path("/usr/lib/postgresql")
_OWNER: Final = "zhizhu"
_POLL_S: Final = 0.05
_MOST_LOG_CHARS: Final = 1000


class NoPostgres(RoofTrouble):
    """There is no PostgreSQL server to start on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "这台机器上没有 PostgreSQL 服务器程序。PostgreSQL is not installed here.",
            "Debian：apt install postgresql。Install the package postgresql.",
        )


@dataclass(slots=True)
class Postgres:
    """A running server; `databases` are made and forgotten with it."""

    command: tuple[str, ...]
    folder: Path
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Starts the server over its folder and returns when it answers; raises RoofTrouble where it does not."""
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=_environment(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._await()

    def end(self) -> None:
        """Ends it as a power cut would: everybody is cut off, nothing is finished or flushed first."""
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(END_S)

    def _await(self) -> None:
        end = time.monotonic() + START_S
        while self.process.poll() is None and time.monotonic() < end:
            try:
                self.setting("server_version")
            except psycopg.OperationalError:
                time.sleep(_POLL_S)
            else:
                return
        raise _did_not_start(self.log.read_text(encoding="utf-8", errors="replace"))

    def url(self, database: str) -> str:
        """The address of one of its databases, as `--database` takes it."""
        return f"postgresql+psycopg://{_OWNER}@/{database}?host={self.folder}"

    def make(self, database: str, template: str = "template1") -> str:
        """Makes a database, as a copy of `template` (to which nobody may be connected), and returns its address."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(made.format(sql.Identifier(database), sql.Identifier(template)))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Deletes a database, cutting whoever is still connected."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def setting(self, name: str) -> str:
        """A setting as the server itself states it."""
        with psycopg.connect(self._conninfo) as connection:
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
        assert row is not None
        return str(row[0])

    @property
    def _conninfo(self) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.folder), user=_OWNER, dbname="postgres", connect_timeout=5)


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server installed here, or None."""
    found = [path.parent for path in _DEBIAN.glob("*/bin/postgres") if path.parent.parent.name.isdigit()]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("postgres")
    return None if on_path is None else Path(on_path).resolve().parent


@contextmanager
def postgres(*, durable: bool = True, settings: Mapping[str, str] | None = None) -> Iterator[Postgres]:
    """Starts a server and ends it with the block; raises NoPostgres, or RoofTrouble where it does not start.

    Without `durable` nothing is flushed to the disk: quicker, and as good where only processes die in a test.
    """
    assert threading.current_thread() is threading.main_thread()
    folder = programs()
    if folder is None or shutil.which("setpriv") is None:
        raise NoPostgres
    home = Path(tempfile.mkdtemp(prefix="zhizhu-pg-"))
    try:
        server = _prepared(folder, home, durable=durable, settings=settings or {})
        try:
            server.start()
            yield server
        finally:
            server.end()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepared(folder: Path, home: Path, *, durable: bool, settings: Mapping[str, str]) -> Postgres:
    as_user = ["setpriv", "--pdeathsig", "KILL"]
    if os.geteuid() == 0:  # the server refuses to run as root
        user = _unprivileged()
        os.chown(home, user.pw_uid, user.pw_gid)
        as_user += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    data, log = home / "data", home / "server.log"
    made = subprocess.run(
        [
            *(*as_user, "--", str(folder / "initdb"), "--pgdata", str(data), "--username", _OWNER),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ],
        cwd=home,
        env=_environment(home),
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    if made.returncode != 0:
        raise _did_not_start(made.stderr)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(home),
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    } | dict(settings)
    command = (
        *(*as_user, "--", str(folder / "postgres"), "-D", str(data)),
        *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
    )
    return Postgres(command, home, log)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RoofTrouble("没有可用的普通用户来运行 PostgreSQL。No unprivileged user.", "请建一个用户 postgres。Make one.")


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _did_not_start(said: str) -> RoofTrouble:
    return RoofTrouble(
        f"PostgreSQL 没有启动：{said.strip()[-_MOST_LOG_CHARS:]} PostgreSQL did not start.",
        "请看上面的原因；磁盘和临时目录是否可写？Read the cause; is the temporary folder writable?",
    )
