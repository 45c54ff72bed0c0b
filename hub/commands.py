"""The commands `zhizhu hub …`."""

from __future__ import annotations

import json
import shlex
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import click

from hub.carry_command import carry
from hub.case_commands import cases
from hub.certificates.seal_commands import seals
from hub.command_line import database_option as _database
from hub.command_line import division as _division
from hub.command_line import json_option as _json
from hub.command_line import opened as _opened
from hub.command_line import spoken as _spoken
from hub.command_line import state_option as _state
from hub.decision_commands import decision
from hub.enrolment import TERMINAL_ID, new_enrolment_key
from hub.gateway.node_commands import nodes, read_centre
from hub.identity.commands import staff
from hub.identity.oidc.client import read_oidc
from hub.key_commands import keys
from hub.moments import system_clock
from hub.parked_commands import parked
from hub.payments.commands import payments
from hub.settings import HubSettings
from hub.slip_commands import slip_signers
from hub.terminal_commands import terminals

_public_url = click.option(
    "--public-url",
    default=HubSettings().public_url,
    show_default=True,
    metavar="URL",
    help="手机打开中枢的地址，印在证照的二维码里。Where phones reach the hub; stands in the QR of papers.",
)
_stamp_url = click.option(
    "--time-stamps",
    "stamp_url",
    default="",
    metavar="URL",
    help="时间戳服务（RFC 3161）；空为内置的演示服务。A time-stamp authority; the sandbox's own when empty.",
)
_centre = click.option(
    "--centre",
    type=click.Path(dir_okay=False, path_type=Path),
    help="省中心给的接入文件：本中枢是地市节点。The centre's file: this hub is a city's node.",
)
_oidc = click.option(
    "--oidc",
    type=click.Path(dir_okay=False, path_type=Path),
    help="省统一身份认证的设置（JSON）：工作人员可以用它登录。The province's identity provider, for the staff.",
)
_proxies = click.option(
    "--proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="前面反向代理的地址，可以重复：只信它报来的访问者地址和 https。A proxy whose word on callers is believed.",
)
_picture_days = click.option(
    "--picture-days",
    default=HubSettings().picture_days,
    show_default=True,
    type=click.IntRange(1, 365),
    help="没人决定的照片保留几天。Days after which a picture nobody has decided about is deleted.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def hub() -> None:
    """区域中枢。The regional hub."""


hub.add_command(keys)
hub.add_command(carry)
hub.add_command(cases)
hub.add_command(terminals)
hub.add_command(parked)
hub.add_command(decision)
hub.add_command(slip_signers)
hub.add_command(seals)
hub.add_command(payments)
hub.add_command(staff)
hub.add_command(nodes)


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
@_picture_days
@click.option(
    "--card-decoder",
    default="",
    metavar="COMMAND",
    help="身份证照片解码程序，空为没有。The decoder of card photographs; none when empty.",
)
@click.option(
    "--credential-days",
    default=HubSettings().credential_days,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="终端的凭证有效几天，会自动续期。Days a terminal's credential is good; it renews it by itself.",
)
@click.option(
    "--credential-grace-days",
    default=HubSettings().credential_grace_days,
    show_default=True,
    type=click.IntRange(0, 3650),
    help="过期几天内还能自动续期，再久要人确认。Days after its end in which it may still; then a person has to agree.",
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TLS 证书（含链）的 PEM 文件；由代理加密时不用。The TLS certificate with its chain, PEM.",
)
@click.option(
    "--certificate-key",
    type=click.Path(dir_okay=False, path_type=Path),
    help="证书的私钥，PEM。The certificate's key.",
)
@click.option(
    "--decide/--no-decide",
    default=True,
    show_default=True,
    help="同时审批；不审批时另开 zhizhu hub decide。Decides cases too; else run `zhizhu hub decide` beside it.",
)
@_public_url
@_stamp_url
@_centre
@_oidc
@_proxies
def serve(
    url: str,
    host: str,
    port: int,
    state: Path,
    silence_s: float,
    picture_days: int,
    card_decoder: str,
    credential_days: int,
    credential_grace_days: int,
    certificate: Path | None,
    certificate_key: Path | None,
    decide: bool,
    public_url: str,
    stamp_url: str,
    centre: Path | None,
    oidc: Path | None,
    proxies: tuple[str, ...],
) -> None:
    """运行中枢，直到被停止。Runs the hub until it is stopped."""
    from hub.serve import TlsFiles, run  # the web framework is only needed here

    if (certificate is None) != (certificate_key is None):
        raise click.UsageError("--certificate 和 --certificate-key 要一起给。They belong together.")
    tls = None if certificate is None or certificate_key is None else TlsFiles(certificate, certificate_key)
    with _spoken():
        decoder = tuple(shlex.split(card_decoder))
        settings = HubSettings(
            silence_s=silence_s,
            picture_days=picture_days,
            card_decoder=decoder,
            credential_days=credential_days,
            credential_grace_days=credential_grace_days,
            public_url=public_url,
            stamp_url=stamp_url,
            oidc=read_oidc(oidc),
            proxies=_addresses(proxies),
            **_asking(centre),
        )
        run(url, host, port, state, settings, tls, decide=decide)


@hub.command()
@_database
@_state
@_picture_days
@_public_url
@_stamp_url
@_centre
def decide(url: str, state: Path, picture_days: int, public_url: str, stamp_url: str, centre: Path | None) -> None:
    """只审批，不对外服务；可以同时开几个。Only decides cases, beside `serve --no-decide`; several may run at once."""
    from hub.worker import run

    with _spoken():
        settings = HubSettings(picture_days=picture_days, public_url=public_url, stamp_url=stamp_url, **_asking(centre))
        run(url, state, settings)


def _addresses(proxies: tuple[str, ...]) -> str:
    """Of the proxies, checked: a name, or `*`, would have anybody say where a caller is."""
    for one in proxies:
        try:
            ip_network(one)
        except ValueError:
            raise click.UsageError(f"--proxy 要写地址或网段，不是 {one}。An address or network, please.") from None
    return ",".join(proxies)


def _asking(centre: Path | None) -> dict[str, Any]:
    """The settings of a hub that is a city's node; none for one that is the centre itself."""
    read = read_centre(centre)
    return {} if read is None else {"centre_url": read.url, "centre_node": read.node, "centre_key": read.key}


@hub.command()
@_database
def migrate(url: str) -> None:
    """建立或升级数据库。Makes the database or brings it up to date."""
    with _opened(url) as database:
        version = database.migrate()
    click.echo(f"数据库已是版本 {version}。The database is at version {version}.")


@hub.command()
@_database
@click.option("--region", required=True, metavar="CODE", help="终端所在的区划，12 位。The terminal's division.")
@click.option("--name", required=True, help="终端的名称。The terminal's name.")
@click.option(
    "--again",
    metavar="ID",
    help="给重装了代理的同一台终端：沿用它原来的编号。For a terminal that was set up anew: it keeps its id.",
)
@_json
def enrol(url: str, region: str, name: str, again: str | None, as_json: bool) -> None:
    """生成一次性的登记密钥。Makes a one-off key with which a terminal enrols."""
    from seeds.regions import Regions

    _division(region)
    if not 1 <= len(name) <= 80:
        raise click.UsageError("终端名称要有 1 到 80 个字符。A terminal's name has 1 to 80 characters.")
    if again is not None and not TERMINAL_ID.fullmatch(again):
        raise click.UsageError("终端编号形如 t-0123456789ab。That is no terminal's id.")
    settings = HubSettings()
    with _opened(url) as database:
        database.check()
        if region not in Regions.load():
            raise click.UsageError(
                f"区划数据里没有 {region}：请检查代码，或先把它加进 seeds/regions。The division data has no {region}."
            )
        key = new_enrolment_key(database, settings, system_clock, region, name, again)
    if as_json:
        said = {"key": key, "region": region, "name": name, "hours": settings.enrolment_hours}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{key}\n请在 {settings.enrolment_hours} 小时内用掉，只能用一次。Use it once, within that time.")
