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
from hub.hub import open_hub
from hub.moments import system_clock
from hub.settings import HubSettings
from hub.slip_signers import all_signers
from hub.slip_signers import revoke as revoke_terminal
from hub.staff import ROLES, add_staff
from hub.trouble import HubTrouble
from offline.wire.canonical import b64
from offline.wire.slip_signers import sign_signers
from seeds.trouble import SeedTrouble

_database = click.option(
    "--database",
    "url",
    default="sqlite:///hub.db",
    show_default=True,
    metavar="URL",
    help="数据库地址。Where the hub's database is.",
)
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def hub() -> None:
    """区域中枢。The regional hub."""


@hub.command()
@_database
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。The address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="端口。The port.")
@click.option(
    "--state",
    default=Path("hub-state"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="密钥所在的目录。The folder of the hub's keys.",
)
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


@hub.command("slip-signers")
@_database
@click.option(
    "--state",
    default=Path("hub-state"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="密钥所在的目录。The folder of the hub's keys.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪里。Where to write.")
def slip_signers(url: str, state: Path, out: Path) -> None:
    """导出能签凭条的终端名单，供断网时核对凭条。Writes the list by which slips are checked without a network."""
    with _opened(url) as database:
        database.check()
        hub = open_hub(url, state)
        try:
            with hub.database.reading() as session:
                listed = all_signers(session, hub)
        finally:
            hub.database.close()
        signed = sign_signers(hub.keys.signing_private, listed)
        try:
            out.write_text(json.dumps(signed, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise click.ClickException(
                f"{out} 写不了（{error.strerror}），请检查文件夹的权限。The list cannot be written."
            ) from None
    click.echo(
        f"{out}：{len(listed.signers)} 把终端密钥。核对凭条：Check a slip with:\n"
        f"zhizhu slip verify --signers {out} --hub-key {b64(hub.keys.signing_public)} 二维码里的文字"
    )


@hub.command()
@_database
@click.argument("terminal_id")
def revoke(url: str, terminal_id: str) -> None:
    """停用一台被盗或报废的终端：它的请求不再接受，它签的凭条不再算数。

    Takes a stolen or scrapped terminal out of use: neither its requests nor its slips count any more.
    """
    with _opened(url) as database:
        database.check()
        with database.writing() as session:
            found = revoke_terminal(session, terminal_id, system_clock())
    if found is None:
        raise click.ClickException(f"没有登记过终端 {terminal_id}，请在控制台看它的编号。There is no such terminal.")
    click.echo(f"终端 {terminal_id} 已停用，作废密钥 {found} 把。The terminal is out of use.")


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
    except (HubTrouble, SeedTrouble) as trouble:
        raise click.ClickException(f"{trouble.sentence} {trouble.advice}") from None
