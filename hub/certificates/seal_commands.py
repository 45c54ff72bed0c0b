"""`zhizhu hub seals`: the seal register at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from hub.certificates.seals import RETIRED, REVOKED, end_seal, hand_over, load_sandbox_seals, make_seal
from hub.certificates.tables import Seal, SealUse
from hub.command_line import database_option, json_option, opened_hub, state_option
from hub.moments import local_text
from hub.tables import StaffAccount
from seeds.seals import SealSpec, SealSpecs

_by = click.option("--by", required=True, help="谁决定的。Who decided it.")
_why = click.option("--reason", required=True, help="为什么。Why.")

_ENDED: Final = {
    REVOKED: "已经撤销，它盖过的证照从现在起都验不过。The seal is revoked; nothing that it sealed counts any more.",
    RETIRED: "已经停用，以前盖的照样有效。The seal is retired; what it sealed still counts.",
}


@click.group()
def seals() -> None:
    """印章登记。The seal register."""


@seals.command("list")
@database_option
@state_option
@json_option
def list_seals(url: str, state: Path, as_json: bool) -> None:
    """列出印章、保管人和用章次数。Lists seals, their custodians and how often each was used."""
    with opened_hub(url, state) as hub, hub.database.reading() as session:
        uses = dict(session.execute(select(SealUse.seal_id, func.count()).group_by(SealUse.seal_id)).tuples())
        rows = [
            {
                "id": seal.id,
                "unit": seal.unit,
                "region": seal.region,
                "use": seal.use,
                "custodian": seal.custodian,
                "state": seal.state,
                "valid_until": local_text(seal.valid_until),
                "uses": uses.get(seal.id, 0),
            }
            for seal in session.scalars(select(Seal).order_by(Seal.id))
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        told = f"保管人 {row['custodian'] or '无'}" if row["use"] == "custodian" else "由规则使用"
        click.echo(
            f"{row['id']}  {row['unit']}  {row['state']}  {told}  到 {row['valid_until']}  用过 {row['uses']} 次"
        )


@seals.command("load")
@database_option
@state_option
def load(url: str, state: Path) -> None:
    """登记自带的测试章（演示）。Registers the test seals that come with the program."""
    with opened_hub(url, state) as hub:
        made = load_sandbox_seals(hub, SealSpecs.load())
    click.echo(f"登记了 {made} 枚测试章。{made} test seals were registered.")


@seals.command("add")
@click.argument("seal_id", metavar="ID")
@click.option("--unit", required=True, help="用章单位，名称里要有“测试”。The unit; 测试 has to be in its name.")
@click.option("--unit-code", required=True, help="单位的统一社会信用代码。The unit's social credit code.")
@click.option("--region", required=True, help="区划，12 位。The division, 12 digits.")
@click.option("--use", type=click.Choice(("rule", "custodian")), required=True, help="谁用。Who uses it.")
@click.option("--years", default=5, show_default=True, type=click.IntRange(1, 20), help="有效几年。Years it holds.")
@database_option
@state_option
def add(seal_id: str, unit: str, unit_code: str, region: str, use: str, years: int, url: str, state: Path) -> None:
    """登记一枚测试章。Registers a test seal."""
    told = {"id": seal_id, "unit": unit, "unit_code": unit_code, "region": region, "use": use, "valid_years": years}
    try:
        spec = SealSpec.model_validate(told)
    except ValueError as error:
        raise click.UsageError(f"印章写得不对：{error}") from None
    with opened_hub(url, state) as hub:
        try:
            make_seal(hub, spec)
        except IntegrityError:
            raise click.ClickException(f"编号 {seal_id} 已经登记过，请换一个。That id is taken.") from None
    click.echo(f"登记了 {unit}。The seal is registered.")


@seals.command("hand-over")
@click.argument("seal_id", metavar="ID")
@click.option("--to", "staff", required=True, help="保管人的账号。The custodian's account.")
@database_option
@state_option
def hand_over_to(seal_id: str, staff: str, url: str, state: Path) -> None:
    """把印章交给保管人，显示动态码的密钥（只显示这一次）。Hands a seal over; shows the secret of its codes, once."""
    with opened_hub(url, state) as hub:
        with hub.database.reading() as session:
            account = session.get(StaffAccount, staff)
        if account is None or account.role != "clerk":
            raise click.ClickException(f"没有经办人账号 {staff}，先用 zhizhu hub staff add 开设。No such clerk.")
        address = hand_over(hub, seal_id, staff)
    click.echo(f"请保管人用动态码应用扫描或输入：For the custodian's authenticator app:\n{address}")


@seals.command("end")
@click.argument("seal_id", metavar="ID")
@click.option(
    "--revoke", "becomes", flag_value=REVOKED, help="撤销：它盖过的全部作废。All that it sealed stops counting."
)
@click.option("--retire", "becomes", flag_value=RETIRED, help="停用：以后不用，盖过的照样有效。Not used from now on.")
@_by
@_why
@database_option
@state_option
def end(seal_id: str, becomes: str | None, by: str, reason: str, url: str, state: Path) -> None:
    """撤销或停用一枚印章，不能反悔。Revokes or retires a seal; it cannot be taken back."""
    if becomes is None:
        raise click.UsageError("请写 --revoke（撤销）或 --retire（停用）。Say which of the two.")
    with opened_hub(url, state) as hub:
        end_seal(hub, seal_id, becomes, by, reason)
    click.echo(f"印章 {seal_id} {_ENDED[becomes]}")
