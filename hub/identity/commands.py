"""`zhizhu hub staff`: accounts of the console and the desk, and their second factor."""

from __future__ import annotations

import io
import json
import secrets
from pathlib import Path

import click
import pyotp

from hub.command_line import database_option, division, json_option, opened, opened_hub, spoken, state_option
from hub.identity.roles import ROLES
from hub.moments import system_clock
from hub.tables import StaffAccount


@click.group()
def staff() -> None:
    """控制台账号。Accounts of the console."""


@staff.command("add")
@click.argument("name")
@database_option
@click.option("--role", type=click.Choice(ROLES), required=True, help="角色。The role.")
@click.option(
    "--region", default="0" * 12, metavar="CODE", help="所管区划，12 位；默认全部。The division; default all."
)
@click.option("--password", default=None, help="口令；不给就生成一个。The password; made up when not given.")
@json_option
def add(name: str, url: str, role: str, region: str, password: str | None, as_json: bool) -> None:
    """开设账号，或换口令。Makes an account, or changes its password."""
    from hub.staff import add_staff

    division(region)
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise click.UsageError("账号名要有 1 到 40 个可见字符。An account's name has 1 to 40 printable characters.")
    chosen = password or secrets.token_urlsafe(12)
    with opened(url) as database:
        database.check()
        add_staff(database, system_clock, name, role, region, chosen)
    if as_json:
        click.echo(json.dumps({"name": name, "role": role, "region": region, "password": chosen}, ensure_ascii=False))
    else:
        said = "" if password else f"，口令 {chosen}（只显示这一次 shown only once）"
        click.echo(
            f"账号 {name} 已开设{said}。第一次登录时启用动态码。The account is ready; its codes at the first sign-in."
        )


@staff.command("codes")
@click.argument("name")
@database_option
@state_option
@click.option("--forget", is_flag=True, help="手机丢了：下次登录时重新启用。Lost: new ones at the next sign-in.")
@json_option
def codes(name: str, url: str, state: Path, forget: bool, as_json: bool) -> None:
    """给账号启用动态码，显示二维码和恢复码，只显示一次。Gives an account its codes; shows them once."""
    from hub.identity.factors import end_factor, issue
    from hub.identity.staff_log import COMMAND, note
    from hub.staff import end_sessions

    with opened_hub(url, state) as hub:
        with hub.database.writing() as session:
            account = session.get(StaffAccount, name)
            if account is None:
                raise click.ClickException(f"没有账号 {name}，先用 zhizhu hub staff add 开设。No such account.")
            end_sessions(session, name)
            if forget:
                end_factor(session, name)
                note(session, hub.clock, account, "factor_ended", COMMAND)
        if forget:
            click.echo(f"账号 {name} 下次登录时重新启用动态码。New codes at the next sign-in.")
            return
        issued = issue(hub, name, COMMAND)
    if as_json:
        click.echo(
            json.dumps({"name": name, "address": issued.address, "recovery": issued.recovery}, ensure_ascii=False)
        )
        return
    click.echo(f"请本人用动态码应用扫描：For the authenticator app:\n{_drawn(issued.address)}{issued.address}")
    click.echo("恢复码（抄下放好，每个用一次）：Recovery codes, each good once:\n  " + "\n  ".join(issued.recovery))


@staff.command("link")
@click.argument("name")
@click.argument("subject", default="")
@database_option
@click.option(
    "--oidc", type=click.Path(dir_okay=False, path_type=Path), required=True, help="同 hub serve。As in serve."
)
def link_to_province(name: str, subject: str, url: str, oidc: Path) -> None:
    """把账号和省统一身份的编号关联；不写编号就取消。Links an account to the province's id; without one, ends it.

    管理员和审计员的账号只能在这里关联。Administrators and auditors are linked here only.
    """
    from hub.identity.accounts import link, unlink
    from hub.identity.oidc.client import read_oidc
    from hub.identity.oidc.tokens import SUBJECT_CHARS
    from hub.identity.staff_log import COMMAND
    from hub.identity.tables import StaffProvince

    with spoken():
        client = read_oidc(oidc)
    assert client is not None
    if subject and not (len(subject) <= SUBJECT_CHARS and subject.isprintable()):
        raise click.UsageError("省里的编号要有 1 到 255 个可见字符。The id has 1 to 255 printable characters.")
    with opened(url) as database:
        database.check()
        with database.writing() as session:
            account = session.get(StaffAccount, name)
            if account is None:
                raise click.ClickException(f"没有账号 {name}，先用 zhizhu hub staff add 开设。No such account.")
            taken = session.get(StaffProvince, (client.issuer, subject))
            if taken is not None and taken.staff != name:
                raise click.ClickException(f"这个编号已经和账号 {taken.staff} 关联了。It belongs to another account.")
            if subject:
                link(session, system_clock, account, client.issuer, subject, COMMAND)
            else:
                unlink(session, system_clock, account, COMMAND)
    click.echo(f"账号 {name} 已{'关联' if subject else '取消关联'}。Done.")


@staff.command("sandbox-province")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(1, 65_535), help="端口。The port.")
@click.option("--to", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写出设置。The file made.")
def sandbox_province(port: int, to: Path) -> None:
    """开一个演示用的省统一身份认证，写出 hub serve --oidc 要的设置。Runs the sandbox's identity provider (演示)."""
    import uvicorn

    from hub.identity.oidc.sandbox import CLIENT, SECRET, SandboxProvider, create_provider

    issuer = f"http://127.0.0.1:{port}"
    secret = to.with_suffix(".secret")
    secret.write_text(SECRET, encoding="utf-8")
    said = {
        "issuer": issuer,
        "client_id": CLIENT,
        "secret_file": secret.name,
        "roles_claim": "roles",
        "roles": {"banshi": "clerk", "yunwei": "operator"},
        "region_claim": "division",
        "second_factor": ["2"],
    }
    to.write_text(json.dumps(said, ensure_ascii=False, indent=2), encoding="utf-8")
    click.echo(f"省统一身份认证（演示）：{issuer}，设置在 {to}。The sandbox's provider; its settings are in that file.")
    uvicorn.run(create_provider(SandboxProvider(issuer)), host="127.0.0.1", port=port, log_level="warning")


@staff.command("code")
@click.argument("address", metavar="OTPAUTH")
def code(address: str) -> None:
    """没有动态码应用时，算出现在的六位数（演示用）。The six digits of now, where there is no app (for demos)."""
    wrong = "请写 otpauth 开头的地址。Give an address that begins with otpauth."
    try:
        made = pyotp.parse_uri(address)
    except ValueError:
        raise click.UsageError(wrong) from None
    if not isinstance(made, pyotp.TOTP):
        raise click.UsageError(wrong)
    click.echo(made.at(system_clock()))


def _drawn(text: str) -> str:
    """A QR of block characters, for the terminal window of whoever runs the command."""
    import qrcode

    made, out = qrcode.QRCode(border=2), io.StringIO()
    made.add_data(text)
    made.print_ascii(out, invert=True)
    return out.getvalue()
