"""The commands `zhizhu hub …`."""

from __future__ import annotations

import json
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hub.database import Database, speaking
from hub.enrolment import new_enrolment_key
from hub.moments import system_clock
from hub.settings import HubSettings
from hub.staff import ROLES, add_staff
from hub.trouble import HubTrouble
from offline.wire.trouble import WireTrouble
from seeds.trouble import SeedTrouble

_database = click.option(
    "--database",
    "url",
    default="sqlite:///hub.db",
    show_default=True,
    metavar="URL",
    help="数据库地址。Where the hub's database is.",
)
_state = click.option(
    "--state",
    default=Path("hub-state"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="密钥所在的目录。The folder of the hub's keys.",
)
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def hub() -> None:
    """区域中枢。The regional hub."""


@hub.command()
@_database
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="端口。The port.")
@_state
@click.option(
    "--silence-s",
    default=HubSettings().silence_s,
    show_default=True,
    type=click.FloatRange(min=1, max=86_400),
    help="多久没有心跳算失联。Seconds without a heartbeat after which a terminal is unknown.",
)
@click.option(
    "--picture-days",
    default=HubSettings().picture_days,
    show_default=True,
    type=click.IntRange(1, 365),
    help="没人决定的照片保留几天。Days after which a picture nobody has decided about is deleted.",
)
@click.option(
    "--card-decoder",
    default="",
    metavar="COMMAND",
    help="身份证照片解码程序，空为没有。The decoder of card photographs; none when empty.",
)
def serve(url: str, host: str, port: int, state: Path, silence_s: float, picture_days: int, card_decoder: str) -> None:
    """运行中枢，直到被停止。Runs the hub until it is stopped."""
    from hub.serve import run  # the web framework is only needed here

    with _spoken():
        decoder = tuple(shlex.split(card_decoder))
        settings = HubSettings(silence_s=silence_s, picture_days=picture_days, card_decoder=decoder)
        run(url, host, port, state, settings)


@hub.command()
@_database
def migrate(url: str) -> None:
    """建立或升级数据库。Makes the database or brings it up to date."""
    with _opened(url) as database:
        version = database.migrate()
    click.echo(f"数据库已是版本 {version}。The database is at version {version}.")


@hub.group()
def staff() -> None:
    """控制台账号。Accounts of the console."""


@staff.command("add")
@click.argument("name")
@_database
@click.option("--role", type=click.Choice(ROLES), required=True, help="角色。The role.")
@click.option(
    "--region", default="0" * 12, metavar="CODE", help="所管区划，12 位；默认全部。The division; default all."
)
@click.option("--password", default=None, help="口令；不给就生成一个。The password; made up when not given.")
@_json
def add(name: str, url: str, role: str, region: str, password: str | None, as_json: bool) -> None:
    """开设账号，或换口令。Makes an account, or changes its password."""
    _division(region)
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise click.UsageError("账号名要有 1 到 40 个可见字符。An account's name has 1 to 40 printable characters.")
    chosen = password or secrets.token_urlsafe(12)
    with _opened(url) as database:
        database.check()
        add_staff(database, system_clock, name, role, region, chosen)
    if as_json:
        click.echo(json.dumps({"name": name, "role": role, "region": region, "password": chosen}, ensure_ascii=False))
    else:
        said = "" if password else f"，口令 {chosen}（只显示这一次 shown only once）"
        click.echo(f"账号 {name} 已开设{said}。The account is ready.")


@hub.command()
@_database
@click.option("--region", required=True, metavar="CODE", help="终端所在的区划，12 位。The terminal's division.")
@click.option("--name", required=True, help="终端的名称。The terminal's name.")
@_json
def enrol(url: str, region: str, name: str, as_json: bool) -> None:
    """生成一次性的登记密钥。Makes a one-off key with which a terminal enrols."""
    _division(region)
    if not 1 <= len(name) <= 80:
        raise click.UsageError("终端名称要有 1 到 80 个字符。A terminal's name has 1 to 80 characters.")
    settings = HubSettings()
    with _opened(url) as database:
        database.check()
        key = new_enrolment_key(database, settings, system_clock, region, name)
    if as_json:
        said = {"key": key, "region": region, "name": name, "hours": settings.enrolment_hours}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{key}\n请在 {settings.enrolment_hours} 小时内用掉，只能用一次。Use it once, within that time.")


@hub.command()
@click.argument("stick", type=click.Path(path_type=Path, file_okay=False))
@_database
@_state
@_json
def carry(stick: Path, url: str, state: Path, as_json: bool) -> None:
    """收下 U 盘 STICK 带来的办理记录，把答复写回去；有缺的或不能用的则退出码为 1。

    Takes what a stick brings from terminals without a line and puts the answers onto it; the hub may be running.
    """
    from hub.hub import open_hub
    from hub.stick import visit
    from offline.wire.stick import Stick

    with _spoken(), speaking(url):
        if not (state / "keys").is_dir():  # other keys would open nothing that was sealed to this hub's
            raise HubTrouble(
                f"{state} 里没有中枢的密钥。The hub's keys are not there.",
                "请用 --state 指出中枢运行时的那个目录。Name the folder the hub runs with.",
            )
        opened = open_hub(url, state)
        try:
            told = (lambda _name: None) if as_json else (lambda name: click.echo(f"{name}……", err=True))
            found = visit(opened, Stick(stick), "zhizhu hub carry", told)
        finally:
            opened.database.close()
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        for line in found.lines():
            click.echo(line)
    if not found.well:
        raise SystemExit(1)


def _division(code: str) -> None:
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        raise click.UsageError("区划代码是 12 位数字。A division code has 12 digits.")


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    with _spoken():
        database = Database(url)
        try:
            with speaking(url):
                yield database
        finally:
            database.close()


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except (HubTrouble, SeedTrouble, WireTrouble) as trouble:
        raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from None
