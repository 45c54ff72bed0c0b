"""A PostgreSQL of one's own: it keeps what it says, nobody else can reach it, and it goes with who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from deploy import postgres as starter
from deploy.postgres import NoPostgres, postgres, programs

pytestmark = pytest.mark.skipif(programs() is None, reason="needs a PostgreSQL server (Debian: postgresql)")
STARTER = """
import sys
from deploy.postgres import postgres
with postgres(durable=False) as server:
    print(server.process.pid, server.folder, flush=True)
    sys.stdin.read()
"""


def test_a_server_makes_and_drops_databases_and_leaves_nothing_behind() -> None:
    with postgres(settings={"fsync": "off"}) as server:
        assert (server.setting("synchronous_commit"), server.setting("listen_addresses")) == ("on", "")
        server.make("one")
        with psycopg.connect(host=str(server.folder), user="zhizhu", dbname="one") as connection:
            connection.execute("CREATE TABLE kept (n int)")
        assert server.make("two", "one").endswith(f"/two?host={server.folder}")
        with psycopg.connect(host=str(server.folder), user="zhizhu", dbname="two") as connection:
            connection.execute("INSERT INTO kept VALUES (1)")
            connection.commit()
            server.drop("two")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(host=str(server.folder), user="zhizhu", dbname="two")
        folder, status = server.folder, Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
        assert folder.stat().st_mode & 0o077 == 0
        assert "Uid:\t0\t" not in status
    assert not folder.exists()
    assert server.process.returncode == 0


def test_a_server_dies_with_who_started_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, _, folder = parent.stdout.readline().strip().partition(" ")
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
    assert folder.startswith("/")
    end = time.monotonic() + 10
    while _lives(int(pid)):
        assert time.monotonic() < end, "the server outlived its starter"
        os.sched_yield()
    subprocess.run(["rm", "-r", folder], check=True)


def test_where_no_server_is_installed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "programs", lambda: None)
    with pytest.raises(NoPostgres, match="apt install postgresql"), postgres():
        pass


def _lives(pid: int) -> bool:
    """Whether it still runs; one that nobody has buried yet (a zombie) is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
