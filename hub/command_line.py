"""What all commands of the hub share: the options, the opened database, failures in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.database import Database, speaking
from hub.trouble import HubTrouble
from offline.wire.trouble import WireTrouble
from seeds.trouble import SeedTrouble

if TYPE_CHECKING:
    from hub.hub import Hub

database_option = click.option(
    "--database",
    "url",
    default="sqlite:///hub.db",
    show_default=True,
    metavar="URL",
    help="数据库地址。Where the hub's database is.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")
state_option = click.option(
    "--state",
    default=Path("hub-state"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="密钥所在的目录。The folder of the hub's keys.",
)


def division(code: str) -> None:
    """Raises a usage error unless it is a division's code."""
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        raise click.UsageError("区划代码是 12 位数字。A division code has 12 digits.")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database, closed again; failures come out as one sentence."""
    with spoken():
        database = Database(url)
        try:
            with speaking(url):
                yield database
        finally:
            database.close()


@contextmanager
def spoken() -> Iterator[None]:
    """Says a trouble in one sentence and what to do, never as a traceback."""
    try:
        yield
    except (HubTrouble, SeedTrouble, WireTrouble) as trouble:
        raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from None


@contextmanager
def opened_hub(url: str, state: Path) -> Iterator[Hub]:
    """A hub with its keys for one command; failures come out as one sentence."""
    from hub.hub import open_hub

    with opened(url):
        hub = open_hub(url, state)
        try:
            yield hub
        finally:
            hub.database.close()
