"""`zhizhu hub terminals`: which terminals may speak, and shutting one out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.command_line import database_option, json_option, opened
from hub.credentials import revoke
from hub.moments import local_text, system_clock
from hub.tables import Terminal
from hub.trouble import HubTrouble


@click.group()
def terminals() -> None:
    """已登记的终端。The enrolled terminals."""


@terminals.command("list")
@database_option
@json_option
def list_terminals(url: str, as_json: bool) -> None:
    """列出终端和它们的凭证。Lists the terminals and their credentials."""
    with opened(url) as database:
        database.check()
        with database.reading() as session:
            rows = session.scalars(select(Terminal).order_by(Terminal.region, Terminal.name)).all()
    if as_json:
        click.echo(json.dumps([_told(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        until = "没有凭证 none" if row.credential_until is None else f"到 until {local_text(row.credential_until)}"
        click.echo(f"{row.id}  {row.region}  {row.name}  {'已停用 revoked' if row.revoked_at else until}")


@terminals.command("revoke")
@click.argument("terminal_id")
@database_option
def revoke_terminal(terminal_id: str, url: str) -> None:
    """停用一台终端（例如被盗）：中枢不再接受它送来的任何东西。

    Shuts a terminal out, for instance a stolen one: the hub takes nothing from it any more.
    """
    with _changed(url, terminal_id) as (session, terminal):
        revoke(session, terminal, system_clock(), "zhizhu hub")
    click.echo(f"{terminal_id} 已停用；它留着的数据还在它自己那里。Shut out; what it holds stays on it.")


@terminals.command("restore")
@click.argument("terminal_id")
@database_option
def restore_terminal(terminal_id: str, url: str) -> None:
    """恢复误停的终端。Lets a terminal in again that was shut out by mistake."""
    with _changed(url, terminal_id) as (_, terminal):
        terminal.revoked_at, terminal.revoked_by = None, None
    click.echo(f"{terminal_id} 已恢复。Let in again.")


@contextmanager
def _changed(url: str, terminal_id: str) -> Iterator[tuple[Session, Terminal]]:
    with opened(url) as database:
        database.check()
        with database.writing() as session:
            terminal = session.get(Terminal, terminal_id, with_for_update=True)
            if terminal is None:
                raise HubTrouble(
                    f"没有这台终端 {terminal_id}。There is no such terminal.",
                    "编号见 zhizhu hub terminals list。Its id is in that list.",
                )
            yield session, terminal


def _told(row: Terminal) -> dict[str, object]:
    until = row.credential_until
    return {
        "id": row.id,
        "name": row.name,
        "region": row.region,
        "credential_until": None if until is None else until.isoformat(),
        "revoked": row.revoked_at is not None,
    }
