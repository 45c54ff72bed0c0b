"""The commands say in one sentence what is wrong and what to do."""

from __future__ import annotations

import json
import socket
import sqlite3
from pathlib import Path

from click.testing import CliRunner, Result

from hub.commands import hub


def _run(*words: str) -> Result:
    return CliRunner().invoke(hub, words)


def _made(folder: Path) -> str:
    url = f"sqlite:///{folder / 'hub.db'}"
    assert _run("migrate", "--database", url).exit_code == 0
    return url


def test_keys_and_accounts_are_made_on_the_command_line(tmp_path: Path) -> None:
    url = _made(tmp_path)
    assert _run("migrate", "--database", url).exit_code == 0, "twice does no harm"
    key = _run("enrol", "--database", url, "--region", "440981102999", "--name", "示例村委会", "--json")
    assert len(json.loads(key.output)["key"]) >= 24
    staff = _run("staff", "add", "yanshi", "--role", "clerk", "--database", url, "--json")
    assert len(json.loads(staff.output)["password"]) >= 12


def test_wrong_use_is_told_apart_from_trouble(tmp_path: Path) -> None:
    url = _made(tmp_path)
    assert _run("enrol", "--database", url, "--region", "12", "--name", "x").exit_code == 2
    nobody_knows = _run("enrol", "--database", url, "--region", "449999999999", "--name", "x")
    assert (nobody_knows.exit_code, "区划数据里没有 449999999999" in nobody_knows.output) == (2, True)
    assert _run("staff", "add", "x", "--role", "king", "--database", url).exit_code == 2
    short = _run("staff", "add", "x", "--role", "clerk", "--password", "abc", "--database", url)
    assert (short.exit_code, "口令要有" in short.output) == (1, True)


def test_a_database_that_was_never_made_or_is_unreachable_is_told(tmp_path: Path) -> None:
    empty = _run("enrol", "--database", f"sqlite:///{tmp_path / 'e.db'}", "--region", "4" * 12, "--name", "x")
    assert (empty.exit_code, "zhizhu hub migrate" in empty.output) == (1, True)
    nowhere = _run("migrate", "--database", f"sqlite:///{tmp_path / 'no' / 'such' / 'x.db'}")
    assert (nowhere.exit_code, "打不开" in nowhere.output) == (1, True)
    nonsense = _run("migrate", "--database", "nonsense")
    assert (nonsense.exit_code, "看不懂" in nonsense.output) == (1, True)
    (tmp_path / "text.db").write_text("this is no database at all, only a long text\n" * 99)
    other = _run("migrate", "--database", f"sqlite:///{tmp_path / 'text.db'}")
    assert (other.exit_code, "不能用" in other.output) == (1, True)


def test_a_schema_from_the_future_is_refused(tmp_path: Path) -> None:
    url = _made(tmp_path)
    with sqlite3.connect(tmp_path / "hub.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (("migrate",), ("serve", "--port", "0", "--state", str(tmp_path))):
        said = _run(*command, "--database", url)
        assert (said.exit_code, "不认识" in said.output) == (1, True)


def test_a_locked_database_is_told(tmp_path: Path) -> None:
    url = _made(tmp_path)
    connection = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    said = _run("staff", "add", "x", "--role", "clerk", "--database", url)
    connection.close()
    assert (said.exit_code, "占着" in said.output) == (1, True)


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = _run("serve", "--database", _made(tmp_path), "--port", port, "--state", str(tmp_path))
    assert (said.exit_code, f"端口 {port}" in said.output) == (1, True)


def test_an_administrator_is_linked_to_the_province_on_the_hubs_machine_only(tmp_path: Path) -> None:
    url, oidc = _made(tmp_path), tmp_path / "oidc.json"
    oidc.write_text('{"issuer": "https://sso.example", "client_id": "hub"}', encoding="utf-8")
    for name in ("xitong", "shenji"):
        _run("staff", "add", name, "--role", "system_admin", "--database", url)
    link = ("staff", "link", "--database", url, "--oidc", str(oidc))
    assert _run(*link, "xitong", "gd-1").exit_code == 0
    assert "已经和账号 xitong 关联" in _run(*link, "shenji", "gd-1").output
    assert _run(*link, "xitong", "gd-1").exit_code == 0, "twice does no harm"
    assert _run(*link, "xitong").exit_code == 0
    assert _run(*link, "shenji", "gd-1").exit_code == 0
    assert (_run(*link, "nobody", "gd-1").exit_code, _run(*link, "xitong", "x" * 256).exit_code) == (1, 2)
    oidc.write_text("{}", encoding="utf-8")
    assert "不是省统一身份认证的设置" in _run(*link, "xitong", "gd-1").output
